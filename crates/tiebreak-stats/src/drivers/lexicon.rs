//! Small lists of English words and phrases behind the text features. In other languages, and for
//! what the lists do not hold, the features that count them are 0.
//!
//! Hedges follow K. Hyland, "Metadiscourse: exploring interaction in writing", 2005, appendix,
//! those of everyday use. The tone words and refusal phrases are this project's own; they are
//! counted without regard to negation.

/// What a word counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Hedge,
    Refusal,
    Positive,
    Negative,
    FirstPerson,
}

/// Words, and phrases of words between spaces, in lower case and with a straight apostrophe.
pub(super) const LISTS: [(Kind, &str); 7] = [
    (
        Kind::Hedge,
        "almost apparently appear appears approximately around assume assumed could doubt \
         fairly generally guess largely likely mainly may maybe might mostly normally often \
         perhaps plausibly possible possibly presumably probable probably quite rather relatively \
         roughly seem seems sometimes somewhat suggest suggests suppose supposedly tend \
         tends typically uncertain unclear unlikely usually",
    ),
    (
        Kind::Hedge,
        "as far as i know|from my perspective|i believe|i feel|i think|i'm not sure|i am not sure|\
         in general|in most cases|in my opinion|in my view|it depends|it is possible|kind of|\
         more or less|not certain|on the whole|sort of|to a certain extent|to my knowledge|\
         to some extent",
    ),
    (
        Kind::Refusal,
        "i can't|i cannot|i can not|i couldn't|i won't|i will not|i'm sorry|i am sorry|\
         i'm unable|i am unable|i'm not able|i am not able|i'm afraid|i apologize|i apologise|\
         i must decline|i have to decline|as an ai|as a language model|as a large language model|\
         as an artificial intelligence|against my guidelines|against my programming|\
         can't assist|cannot assist|can't help with|cannot help with|can't provide|cannot provide|\
         don't feel comfortable|not appropriate for me|not comfortable|unable to assist|\
         unable to provide|unable to help",
    ),
    (
        Kind::Positive,
        "amazing appreciate awesome beautiful benefit benefits best better brilliant cheerful \
         comfortable congratulations delicious delight delightful easy effective efficient \
         encourage enjoy enjoyable enjoyed excellent excited exciting fantastic favorite favourite \
         fine friendly fun glad good gorgeous grateful great happily happiness happy healthy helpful \
         honest hope ideal impressive improve improved incredible inspiring joy lovely love \
         loved loves lucky nice outstanding perfect perfectly pleasant pleased pleasure positive \
         powerful proud recommend reliable rewarding safe satisfied smart smile smooth strong \
         succeed success successful superb support talented terrific thank thanks thrilled trust \
         valuable welcome win wonderful worth worthwhile",
    ),
    (
        Kind::Negative,
        "abuse afraid angry annoyed annoying anxious ashamed attack awful awkward bad boring broken \
         burden complain complaint complicated confused confusing cruel damage danger dangerous \
         dead death depressed depressing difficult disappointed disappointing disaster disgusting \
         dislike dull dumb error errors evil fail failed failing fails failure fake false fault fear \
         flawed foolish fraud frustrated frustrating guilty harm harmful hate hated hates horrible \
         hurt illegal impossible inappropriate incorrect inferior insult kill lack lose loss \
         lost mess misleading miserable mistake mistakes negative nonsense offensive pain painful \
         pathetic poison poor poorly problem problems regret ridiculous risk risky rude ruin sad \
         scared severe shame sick stress stressful stupid suffer suffering terrible threat tragic \
         ugly unable unfair unfortunate unfortunately unhappy unpleasant unsafe upset useless \
         violence violent weak worried worry worse worst worthless wrong",
    ),
    (Kind::FirstPerson, "i i'd i'll i'm i've me mine my myself"),
    (Kind::FirstPerson, "our ours ourselves us we we'd we'll we're we've"),
];

/// The lists word by word, phrases as several words.
pub(super) fn entries() -> impl Iterator<Item = (Kind, Vec<&'static str>)> {
    LISTS.into_iter().flat_map(|(kind, list)| {
        let by_phrase = list.contains('|');
        let parts: Vec<&str> =
            if by_phrase { list.split('|').collect() } else { list.split_whitespace().collect() };
        parts.into_iter().map(move |part| (kind, part.split_whitespace().collect()))
    })
}
