//! A small stable hash and what is made of it: names shortened to a readable stem and a digest. Not cryptographic; whoever
//! needs uniqueness checks it.

/// FNV-1a, 64 bits (Fowler, Noll, Vo; `draft-eastlake-fnv`): the same on every machine and in every version.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// `text` (ASCII) in at most `limit` bytes: itself where it fits, else its beginning, `joint` and 16 hexadecimal digits
/// of its digest.
pub(crate) fn shorten(text: &str, limit: usize, joint: &str) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let stem = limit - joint.len() - 16;
    format!("{}{joint}{:016x}", &text[..stem], fnv1a(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn p27_stem_and_digest() {
        let (a, b) = (format!("{}1", "x".repeat(60)), format!("{}2", "x".repeat(60)));
        assert_eq!(shorten(&a, 61, "~"), a);
        assert_eq!(shorten(&a, 60, "~").len(), 60);
        assert!(shorten(&a, 60, "~").starts_with(&format!("{}~", "x".repeat(43))));
        assert_ne!(shorten(&a, 60, "~"), shorten(&b, 60, "~"));
    }
}
