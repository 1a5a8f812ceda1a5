//! What leads to a place: the steps backwards, each taken by itself, whatever else it needs.

use crate::graph::Graph;
use crate::model::ClassSet;

/// `goals`, and every place of which a compromise leads there in some steps, where all that they need besides is taken
/// as given.
pub fn before(graph: &Graph<'_>, goals: &ClassSet) -> ClassSet {
    let mut search = Search {
        graph,
        leads: vec![false; graph.model.zones.len()],
        useful: vec![false; graph.model.credentials.len()],
        read: vec![false; graph.model.zones.len()],
        crossed: vec![false; graph.nodes.len()],
        entered: vec![false; graph.nodes.len()],
        todo: Vec::new(),
    };
    for goal in goals.iter() {
        search.leads[goal as usize] = true;
        search.todo.push(goal);
    }
    while let Some(place) = search.todo.pop() {
        search.back_from(place);
    }
    (0..).zip(&search.leads).filter(|(_, leads)| **leads).map(|(place, _)| place).collect()
}

struct Search<'g, 'm> {
    graph: &'g Graph<'m>,
    leads: Vec<bool>,
    /// Credentials that help.
    useful: Vec<bool>,
    /// Places of which what is read there helps.
    read: Vec<bool>,
    /// Nodes over which a connection is a step.
    crossed: Vec<bool>,
    /// Nodes over which a credential is used.
    entered: Vec<bool>,
    todo: Vec<u32>,
}

impl Search<'_, '_> {
    fn all(&mut self, places: &ClassSet) {
        places.iter().for_each(|place| self.one(place));
    }

    fn one(&mut self, place: u32) {
        let internet = self.graph.model.zones.internet().0;
        let stays = place == internet || self.graph.barriers.contains(place);
        if !stays && !self.leads[place as usize] {
            self.leads[place as usize] = true;
            self.todo.push(place);
        }
    }

    fn back_from(&mut self, place: u32) {
        let graph = self.graph;
        let opening: Vec<usize> = (graph.model.credentials.iter().enumerate())
            .filter(|(_, secret)| secret.opens.as_ref().is_some_and(|(_, set)| set.contains(place)))
            .map(|(number, _)| number)
            .collect();
        for number in graph.into(place) {
            let node = &graph.nodes[number as usize];
            if node.steps() && !std::mem::replace(&mut self.crossed[number as usize], true) {
                self.all(&node.from);
            }
            if !opening.is_empty() && !std::mem::replace(&mut self.entered[number as usize], true) {
                self.all(&node.from);
            }
        }
        opening.into_iter().for_each(|credential| self.with(credential));
        for number in graph.out_of(place) {
            let node = &graph.nodes[number as usize];
            if graph.swallows(node, place) {
                node.to.iter().for_each(|content| self.reads(content));
            }
        }
        graph.host(place).into_iter().for_each(|host| self.one(host));
        let free = graph.processes(place).filter(|&process| !graph.contained.contains(process));
        free.collect::<Vec<_>>().into_iter().for_each(|process| self.one(process));
        for (_, one, other) in &graph.shares {
            if other.contains(place) {
                self.all(one);
            }
            if one.contains(place) {
                self.all(other);
            }
        }
        graph.neighbours(place).collect::<Vec<_>>().into_iter().for_each(|next| self.one(next));
    }

    fn with(&mut self, credential: usize) {
        if !std::mem::replace(&mut self.useful[credential], true)
            && let Some((_, holders)) = &self.graph.model.credentials[credential].held
        {
            self.all(holders);
        }
    }

    fn reads(&mut self, content: u32) {
        if std::mem::replace(&mut self.read[content as usize], true) {
            return;
        }
        self.one(content);
        let publishes = |number: &usize| {
            let places = &self.graph.model.credentials[*number].publishes;
            places.as_ref().is_some_and(|(_, set)| set.contains(content))
        };
        let all: Vec<usize> = (0..self.graph.model.credentials.len()).filter(publishes).collect();
        all.into_iter().for_each(|credential| self.with(credential));
    }
}
