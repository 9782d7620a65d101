//! `aspect_judgment` and `aspect_rating`: answers on the study's aspects.

use rusqlite::params;
use tiebreak_core::{AspectAnswer, AspectJudgment, CandidateId, Rating};

use crate::codec::{id, json, json_text, optional_id, word};
use crate::{Reader, Result, Writer};

impl Reader<'_> {
    pub(super) fn aspects(&self, judgment: i64) -> Result<Vec<AspectJudgment>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT aspect, answer, preferred, reason_tags FROM aspect_judgment
             WHERE judgment_seq = ?1 ORDER BY place",
        )?;
        let rows = statement.query_map([judgment], |row| {
            let preferred = optional_id(row, 2)?;
            Ok(AspectJudgment {
                aspect: row.get(0)?,
                answer: word(row, 1, |text| match text {
                    "preferred" => preferred.map(AspectAnswer::Preferred),
                    "tie" => Some(AspectAnswer::Tie),
                    "ratings" => Some(AspectAnswer::Ratings(Vec::new())),
                    _ => None,
                })?,
                reason_tags: json(row, 3)?,
            })
        })?;
        let mut aspects: Vec<AspectJudgment> = rows.collect::<rusqlite::Result<_>>()?;
        for aspect in &mut aspects {
            if let AspectAnswer::Ratings(ratings) = &mut aspect.answer {
                *ratings = self.ratings(judgment, &aspect.aspect)?;
            }
        }
        Ok(aspects)
    }

    fn ratings(&self, judgment: i64, aspect: &str) -> Result<Vec<(CandidateId, Rating)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT candidate_id, rating FROM aspect_rating
             WHERE judgment_seq = ?1 AND aspect = ?2 ORDER BY place",
        )?;
        let mut rows = statement.query(params![judgment, aspect])?;
        let mut ratings = Vec::new();
        while let Some(row) = rows.next()? {
            ratings.push((id(row, 0)?, Rating::new(row.get(1)?)?));
        }
        Ok(ratings)
    }
}

impl Writer<'_> {
    pub(super) fn insert_aspects(&self, judgment: i64, aspects: &[AspectJudgment]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO aspect_judgment
               (judgment_seq, place, aspect, answer, preferred, reason_tags)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (place, aspect) in aspects.iter().enumerate() {
            let (answer, preferred) = match &aspect.answer {
                AspectAnswer::Preferred(candidate) => ("preferred", Some(candidate)),
                AspectAnswer::Tie => ("tie", None),
                AspectAnswer::Ratings(_) => ("ratings", None),
            };
            statement.execute(params![
                judgment,
                place as i64,
                aspect.aspect,
                answer,
                preferred.map(CandidateId::as_bytes),
                json_text(&aspect.reason_tags)?,
            ])?;
            if let AspectAnswer::Ratings(ratings) = &aspect.answer {
                self.insert_ratings(judgment, &aspect.aspect, ratings)?;
            }
        }
        Ok(())
    }

    fn insert_ratings(
        &self,
        judgment: i64,
        aspect: &str,
        ratings: &[(CandidateId, Rating)],
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO aspect_rating (judgment_seq, aspect, place, candidate_id, rating)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (place, (candidate, rating)) in ratings.iter().enumerate() {
            let place = place as i64;
            statement.execute(params![
                judgment,
                aspect,
                place,
                candidate.as_bytes(),
                rating.get()
            ])?;
        }
        Ok(())
    }
}
