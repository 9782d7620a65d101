//! `ranking`: the order of the candidates in a judgment.

use rusqlite::params;
use tiebreak_core::{CandidateId, Ranking};

use crate::codec::id;
use crate::{Reader, Result, Writer};

impl Reader<'_> {
    pub(super) fn ranking(&self, judgment: i64) -> Result<Ranking> {
        let mut statement = self.connection.prepare_cached(
            "SELECT candidate_id, tier FROM ranking WHERE judgment_seq = ?1 ORDER BY place",
        )?;
        let mut rows = statement.query([judgment])?;
        let mut tiers: Vec<Vec<CandidateId>> = Vec::new();
        while let Some(row) = rows.next()? {
            let tier = row.get::<_, u32>(1)? as usize;
            if tier >= tiers.len() {
                tiers.push(Vec::new());
            }
            if let Some(last) = tiers.last_mut() {
                last.push(id(row, 0)?);
            }
        }
        Ok(Ranking { tiers })
    }
}

impl Writer<'_> {
    pub(super) fn insert_ranking(&self, judgment: i64, ranking: &Ranking) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO ranking (judgment_seq, place, candidate_id, tier) VALUES (?1, ?2, ?3, ?4)",
        )?;
        let mut place = 0_i64;
        for (tier, candidates) in ranking.tiers.iter().enumerate() {
            for candidate in candidates {
                statement.execute(params![judgment, place, candidate.as_bytes(), tier as i64])?;
                place += 1;
            }
        }
        Ok(())
    }
}
