//! Where boxes stand: a column for each number of steps, and in it an order in which steps cross little.

use super::picture::Picture;

/// Height of a box, in units of the picture.
pub const HEIGHT: f64 = 38.0;
/// Between two boxes of a column.
const APART: f64 = 22.0;
/// Between two columns: labels stand here.
const GAP: f64 = 176.0;
/// Width of a letter in the names and the notes of boxes: the fonts are fixed-pitch.
const LETTER: f64 = 7.3;
const SMALL_LETTER: f64 = 6.1;
/// Around everything.
const MARGIN: f64 = 20.0;
/// The title above.
const TITLE: f64 = 40.0;
/// The legend below.
const LEGEND: f64 = 34.0;

/// Where a box stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Frame {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
}

/// A picture with its places.
pub struct Layout {
    /// By box.
    pub frames: Vec<Frame>,
    /// Of all of it.
    pub width: f64,
    /// Of all of it.
    pub height: f64,
}

/// Lays boxes out.
pub fn layout(picture: &Picture) -> Layout {
    let columns = columns(picture);
    let tallest = columns.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let inner = tallest * (HEIGHT + APART) - APART;
    let mut frames = vec![Frame::default(); picture.nodes.len()];
    let mut x = MARGIN;
    for column in &columns {
        let width = column.iter().map(|&node| width(picture, node)).fold(0.0, f64::max);
        let height = column.len() as f64 * (HEIGHT + APART) - APART;
        let top = MARGIN + TITLE + (inner - height) / 2.0;
        for (row, &node) in column.iter().enumerate() {
            frames[node] = Frame { x, y: top + row as f64 * (HEIGHT + APART), width };
        }
        x += width + GAP;
    }
    let width = (x - GAP + MARGIN).max(720.0);
    Layout { frames, width, height: inner + TITLE + LEGEND + MARGIN * 2.0 }
}

fn width(picture: &Picture, node: usize) -> f64 {
    let node = &picture.nodes[node];
    let (name, note) = (node.name.chars().count() as f64 * LETTER, node.note.chars().count() as f64 * SMALL_LETTER);
    name.max(note) + 26.0
}

/// Boxes by column, each column ordered by where its boxes' neighbours stand: forwards and backwards in turn.
fn columns(picture: &Picture) -> Vec<Vec<usize>> {
    let count = picture.nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (number, node) in picture.nodes.iter().enumerate() {
        columns[node.column].push(number);
    }
    let mut place = vec![0.0; picture.nodes.len()];
    let spread = |column: &[usize], place: &mut Vec<f64>| {
        for (row, &node) in column.iter().enumerate() {
            place[node] = (row as f64 + 0.5) / column.len() as f64;
        }
    };
    columns.iter().for_each(|column| spread(column, &mut place));
    for round in 0..6 {
        let forwards = round % 2 == 0;
        for at in 0..count {
            let at = if forwards { at } else { count - 1 - at };
            let mean = |node: usize| -> f64 {
                let near = picture.edges.iter().filter_map(|edge| match forwards {
                    true => (edge.to == node).then_some(edge.from),
                    false => (edge.from == node).then_some(edge.to),
                });
                let (sum, n) = near.fold((0.0, 0), |(sum, n), other| (sum + place[other], n + 1));
                if n == 0 { place[node] } else { sum / f64::from(n) }
            };
            let mut keyed: Vec<(f64, usize)> = columns[at].iter().map(|&node| (mean(node), node)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            columns[at] = keyed.into_iter().map(|(_, node)| node).collect();
            spread(&columns[at], &mut place);
        }
    }
    columns
}
