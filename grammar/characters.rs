//! Characters that have no place in a policy, not even in a string or a comment: what people see must be what is read.

/// Is it one? Control characters but for tab and line ends; what changes the direction of text; what is not seen at
/// all (Unicode's Default_Ignorable_Code_Point, DerivedCoreProperties.txt); other line separators. `next` is the
/// character after it.
fn is_forbidden(character: char, next: Option<u8>) -> bool {
    match character {
        '\t' | '\n' | ' '..='~' => false,
        '\r' => next != Some(b'\n'),
        '\0'..='\x1f' | '\x7f'..='\u{9f}' => true,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// The first `most` of them and where they stand.
pub(crate) fn forbidden(text: &str, most: usize) -> Vec<(usize, char)> {
    // Nearly every text is plain; that is seen without decoding it.
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    // Whole chunks are looked at, since that is done many bytes at a time.
    if text.as_bytes().chunks(256).all(|chunk| chunk.iter().fold(true, |all, byte| all & plain(byte))) {
        return Vec::new();
    }
    let bytes = text.as_bytes();
    let found = text.char_indices().filter(|&(at, character)| is_forbidden(character, bytes.get(at + 1).copied()));
    found.take(most).collect()
}
