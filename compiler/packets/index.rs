//! An index from content to number, for tables that keep each content once. The content stays with its owner, who
//! decides equality; a hash only says where to look.

/// Open addressing over numbers. A slot is the upper half of the hash, by which it is placed, and the number: most
/// contents that are not the wanted one are told from it without a look at them.
pub struct Index {
    slots: Vec<u64>,
    len: usize,
}

const FREE: u64 = u64::MAX;

impl Index {
    /// With nothing in it.
    pub fn new() -> Self {
        Self { slots: vec![FREE; 64], len: 0 }
    }

    /// The number whose content `is` the wanted one, or the slot where it belongs.
    pub fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> 32) as usize & mask;
        loop {
            match self.slots[slot] {
                FREE => return Err(slot),
                found if found >> 32 == hash >> 32 && is(found as u32) => return Ok(found as u32),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// Takes the slot that [`Index::find`] gave for the same hash, for `number`, which is not the greatest there is.
    pub fn insert(&mut self, slot: usize, hash: u64, number: u32) {
        self.slots[slot] = hash >> 32 << 32 | u64::from(number);
        self.len += 1;
        if self.len * 4 > self.slots.len() * 3 {
            let wider = vec![FREE; self.slots.len() * 2];
            let mask = wider.len() - 1;
            for taken in std::mem::replace(&mut self.slots, wider).into_iter().filter(|&taken| taken != FREE) {
                let mut slot = (taken >> 32) as usize & mask;
                while self.slots[slot] != FREE {
                    slot = (slot + 1) & mask;
                }
                self.slots[slot] = taken;
            }
        }
    }
}

/// A hash of words: multiply and rotate, then mix so that the low bits depend on all.
pub fn hash(words: impl Iterator<Item = u64>) -> u64 {
    let mixed = words
        .fold(0x243f_6a88_85a3_08d3_u64, |sum, word| (sum.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed ^ (mixed >> 32)
}
