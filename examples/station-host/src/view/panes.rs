//! The part of the screen that each pane gets.

use ratatui::layout::{Constraint, Flex, Layout, Margin, Rect};

use crate::panel::Look;

/// The parts of the screen. A pane for which there is no room is empty: panes are
/// shown whole or not at all, and all of them give way to events.
#[derive(Debug, Default)]
pub(super) struct Panes {
    pub(super) lcd: Option<(Look, Rect)>,
    pub(super) curves: [Rect; 2],
    pub(super) events: Rect,
    pub(super) traffic: Rect,
    pub(super) counters: Rect,
    pub(super) controls: Rect,
    pub(super) notice: Rect,
    pub(super) keys: Rect,
}

/// What events want beside other panes, and below them.
const EVENTS_WIDTH: u16 = 46;
const EVENTS_HEIGHT: u16 = 5;
/// From here on there is room for what events tell too.
const NOTICE_HEIGHT: u16 = 12;
/// From here on there is room for the controls too, unless there is a notice.
const CONTROLS: (u16, u16) = (76, 24);
/// What the panes want whose text is known.
const COUNTERS: (u16, u16) = (34, 10);
const TRAFFIC_WIDTH: u16 = 28;
/// What curves want to look like some.
const CURVES: (u16, u16) = (60, 7);

impl Panes {
    /// Divides `area`. A notice of 0 bytes is none.
    pub(super) fn new(area: Rect, notice: usize) -> Self {
        let mut panes = Self::default();
        let mut rest = area;
        if area.height >= 3 {
            panes.keys = take_bottom(&mut rest, 1);
        }
        if notice > 0 && area.height >= NOTICE_HEIGHT && usize::from(area.width) >= notice {
            panes.notice = take_bottom(&mut rest, 1);
        }
        if area.width >= CONTROLS.0 && area.height - panes.notice.height >= CONTROLS.1 {
            panes.controls = take_bottom(&mut rest, 1);
        }
        let fits = |look: &Look| {
            let (width, height) = look.size();
            // The largest one leaves room for all other panes too.
            let below = if *look == Look::Blocks { 2 * CURVES.1 } else { EVENTS_HEIGHT };
            rest.width >= width && rest.height >= height + below
        };
        if let Some(look) = Look::ALL.into_iter().find(fits) {
            let (width, height) = look.size();
            let row = take_top(&mut rest, height);
            let [lcd] =
                Layout::horizontal([Constraint::Length(width)]).flex(Flex::Center).areas(row);
            panes.lcd = Some((look, lcd));
        }
        let (width, height) = CURVES;
        if rest.width >= width && rest.height >= 2 * height {
            let half = rest.height / 2;
            let curves = take_top(&mut rest, half);
            panes.curves = Layout::horizontal([Constraint::Fill(1); 2]).areas(curves);
        }
        let (width, height) = COUNTERS;
        if rest.width >= EVENTS_WIDTH + width && rest.height >= height {
            panes.counters = take_right(&mut rest, width);
        }
        if rest.width >= EVENTS_WIDTH + TRAFFIC_WIDTH {
            panes.traffic = take_right(&mut rest, TRAFFIC_WIDTH);
        }
        panes.events = rest;
        panes
    }
}

/// The room for text: inside of a frame, or without one where that takes too much.
pub(super) fn inside(area: Rect) -> Rect {
    if area.height > EVENTS_HEIGHT && area.width >= 8 {
        return area.inner(Margin::new(1, 1));
    }
    area
}

fn take_top(rest: &mut Rect, height: u16) -> Rect {
    let taken = Rect { height, ..*rest };
    *rest = Rect { y: rest.y + height, height: rest.height - height, ..*rest };
    taken
}

fn take_bottom(rest: &mut Rect, height: u16) -> Rect {
    rest.height -= height;
    Rect { y: rest.bottom(), height, ..*rest }
}

fn take_right(rest: &mut Rect, width: u16) -> Rect {
    rest.width -= width;
    Rect { x: rest.right(), width, ..*rest }
}
