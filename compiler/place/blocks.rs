//! Blocks: the largest parts of a graph that no single node's removal cuts. Exactly the nodes of the blocks between two
//! nodes lie on some simple path between them (Hopcroft and Tarjan, 1973: lowpoints of one depth-first search).

/// Each block, as its nodes; an edge that nothing goes round is a block of two. Nodes without neighbours are in none.
pub fn blocks(next: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut search =
        Search { next, depth: vec![0; next.len()], low: vec![0; next.len()], open: Vec::new(), found: Vec::new() };
    for root in 0..next.len() as u32 {
        if search.depth[root as usize] == 0 {
            search.from(root);
        }
    }
    search.found
}

struct Search<'g> {
    next: &'g [Vec<u32>],
    /// From 1 on; 0 is not seen yet.
    depth: Vec<u32>,
    /// The least depth that is reached from below without going up by the way one came.
    low: Vec<u32>,
    /// Nodes seen whose block is not complete.
    open: Vec<u32>,
    found: Vec<Vec<u32>>,
}

impl Search<'_> {
    /// One component. Without recursion: a chain of 100,000 devices must not end the program.
    fn from(&mut self, root: u32) {
        // A node, and how many of its neighbours have been looked at.
        let mut path: Vec<(u32, usize)> = vec![(root, 0)];
        self.see(root, 1);
        while let Some(&mut (node, ref mut looked)) = path.last_mut() {
            if let Some(&other) = self.next[node as usize].get(*looked) {
                *looked += 1;
                match self.depth[other as usize] {
                    0 => {
                        let deep = path.len() as u32 + 1;
                        self.see(other, deep);
                        path.push((other, 0));
                    }
                    // The way up is looked at, too, and changes nothing: it is no less than the parent's own depth.
                    seen => self.low[node as usize] = self.low[node as usize].min(seen),
                }
                continue;
            }
            path.pop();
            let Some(&(above, _)) = path.last() else {
                self.open.clear();
                return;
            };
            if self.low[node as usize] >= self.depth[above as usize] {
                let at = self.open.iter().rposition(|&n| n == node).unwrap_or(0);
                let mut block = self.open.split_off(at);
                block.push(above);
                block.sort_unstable();
                self.found.push(block);
            } else {
                self.low[above as usize] = self.low[above as usize].min(self.low[node as usize]);
            }
        }
    }

    fn see(&mut self, node: u32, depth: u32) {
        self.depth[node as usize] = depth;
        self.low[node as usize] = depth;
        self.open.push(node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: usize, edges: &[(u32, u32)]) -> Vec<Vec<u32>> {
        let mut next = vec![Vec::new(); nodes];
        for &(a, b) in edges {
            next[a as usize].push(b);
            next[b as usize].push(a);
        }
        next
    }

    /// Nodes on some simple path between two, by walking all of them.
    fn on_simple_paths(next: &[Vec<u32>], from: u32, to: u32) -> Vec<u32> {
        fn walk(next: &[Vec<u32>], path: &mut Vec<u32>, to: u32, on: &mut [bool]) {
            let here = path[path.len() - 1];
            if here == to {
                path.iter().for_each(|&n| on[n as usize] = true);
                return;
            }
            for &other in &next[here as usize] {
                if !path.contains(&other) {
                    path.push(other);
                    walk(next, path, to, on);
                    path.pop();
                }
            }
        }
        let mut on = vec![false; next.len()];
        walk(next, &mut vec![from], to, &mut on);
        (0..).zip(on).filter(|(_, on)| *on).map(|(n, _)| n).collect()
    }

    /// Nodes of the blocks between two, by walking the tree of blocks.
    fn between(next: &[Vec<u32>], from: u32, to: u32) -> Vec<u32> {
        let all = blocks(next);
        // The way from block to block, each entered by the node that it shares with the one before.
        fn walk(all: &[Vec<u32>], here: u32, to: u32, used: &mut Vec<usize>) -> bool {
            if here == to {
                return true;
            }
            for (number, block) in all.iter().enumerate().filter(|(_, b)| b.contains(&here)) {
                if used.contains(&number) {
                    continue;
                }
                used.push(number);
                if block.contains(&to) || block.iter().any(|&n| n != here && walk(all, n, to, used)) {
                    return true;
                }
                used.pop();
            }
            false
        }
        let mut used = Vec::new();
        if !walk(&all, from, to, &mut used) {
            return Vec::new();
        }
        let mut nodes: Vec<u32> = used.iter().flat_map(|&b| all[b].clone()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    #[test]
    fn the_nodes_of_the_blocks_between_two_are_those_on_simple_paths() {
        let mut state = 7u64;
        let mut draw = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        for _ in 0..400 {
            let nodes = 2 + draw(7);
            let edges: Vec<(u32, u32)> =
                (0..draw(11)).map(|_| (draw(nodes) as u32, draw(nodes) as u32)).filter(|(a, b)| a != b).collect();
            let next = graph(nodes as usize, &edges);
            for from in 0..nodes as u32 {
                for to in (0..nodes as u32).filter(|&to| to != from) {
                    assert_eq!(between(&next, from, to), on_simple_paths(&next, from, to), "{edges:?} {from} {to}");
                }
            }
        }
    }

    #[test]
    fn a_long_chain_does_not_end_the_program() {
        let edges: Vec<(u32, u32)> = (1..300_000).map(|n| (n - 1, n)).collect();
        assert_eq!(blocks(&graph(300_000, &edges)).len(), 299_999);
    }
}
