//! What a line is found to be, in the user's language.

use crate::language::Language;
use crate::report::Line;

/// The sentence on `line`, and the advice; the latter is empty where nothing has to be done.
pub(super) fn words(line: &Line, language: Language) -> (String, String) {
    match language {
        // As the daemon says it, which knows more: why a port cannot be opened.
        Language::English => (line.sentence.clone(), line.advice.clone()),
        Language::Dutch => {
            let verdict = line.verdict;
            (verdict.sentence(language).into(), verdict.advice(language).into())
        }
    }
}
