//! The one minijinja environment: strict, and without automatic escaping, since every text goes through its target's
//! quoting filter, which refuses what it cannot spell.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

/// A target's filter: the text as it stands in the output, or `None` where the target cannot spell it.
pub(crate) type Quote = fn(&str) -> Option<String>;

/// Renders `source`. `quote` is the filter `quote` of the template.
///
/// # Panics
/// Where the template is wrong, or a text reached it that `quote` refuses: both are faults of the back end, whose
/// `refuses` lets no such text through, and no text at all is better than one that means something else.
pub(crate) fn render(source: &str, quote: Quote, context: Value) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(syntax());
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.add_filter("quote", move |text: &str| {
        quote(text).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("cannot spell {text:?}")))
    });
    match environment.render_str(source, context) {
        Ok(text) => text,
        Err(error) => panic!("a back end's template failed: {error}"),
    }
}

/// Stands for a text that is too large to be handed through a template, which copies it three times.
pub(crate) const PLACE: &str = "\0";

/// Renders `source`, and puts `parts`, one behind the other, in the place of [`PLACE`].
///
/// # Panics
/// As [`render`].
pub(crate) fn render_around(source: &str, quote: Quote, context: Value, parts: &[String]) -> String {
    let text = render(source, quote, context);
    let Some((before, behind)) = text.split_once(PLACE) else { return text };
    let all = || std::iter::once(before).chain(parts.iter().map(String::as_str)).chain([behind]);
    let mut whole = String::with_capacity(all().map(str::len).sum());
    whole.extend(all());
    whole
}

/// Block tags leave no blank lines behind, and the last line keeps its end.
fn syntax() -> SyntaxConfig {
    let built = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    built.expect("the usual delimiters")
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn letters(text: &str) -> Option<String> {
        text.bytes().all(|byte| byte.is_ascii_alphabetic()).then(|| format!("\"{text}\""))
    }

    #[test]
    fn quotes() {
        assert_eq!(render("a {{ name | quote }}\n", letters, context! { name => "b" }), "a \"b\"\n");
    }

    #[test]
    #[should_panic(expected = "cannot spell")]
    fn refuses_what_it_cannot_spell() {
        render("{{ name | quote }}", letters, context! { name => "b\"" });
    }

    #[test]
    #[should_panic(expected = "undefined value")]
    fn an_undefined_value_is_a_fault() {
        render("{{ nmae }}", letters, context! { name => "b" });
    }
}
