//! Places that were not reached yet, so that a step to many looks at each place once.

/// Places not reached yet, with the next one found in almost constant time.
pub struct Unreached(Vec<u32>);

impl Unreached {
    /// Of so many places.
    pub fn new(places: usize) -> Self {
        Self((0..=places as u32).collect())
    }

    /// The first unreached place from `place` on.
    pub fn next(&mut self, place: u32) -> Option<u32> {
        let mut root = place;
        while self.0[root as usize] != root {
            root = self.0[root as usize];
        }
        let mut at = place;
        while self.0[at as usize] != root {
            at = std::mem::replace(&mut self.0[at as usize], root);
        }
        ((root as usize) < self.0.len() - 1).then_some(root)
    }

    /// It was reached.
    pub fn take(&mut self, place: u32) {
        self.0[place as usize] = place + 1;
    }
}
