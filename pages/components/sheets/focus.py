"""Where the keyboard's focus goes when what had it is gone, and what is brought into sight.

A button that was pressed, or the line that was typed into, goes with the field that it was about. The browser would
then begin at the top of the page; this element, which shows nothing, gives the focus to its successor.
"""

import streamlit as st

_COMPONENT = st.components.v2.component(
    "digit_lab.focus",
    html='<span class="focus" hidden></span>',
    js="""
    const states = new WeakMap();
    const inside = (key, node) => node?.closest?.(`.st-key-${key}`);
    function begin(data) {
      const state = { data, kind: "" };
      state.note = ({ target }) => {
        if (inside(state.data.around, target)) state.kind = target.matches("input, textarea") ? "input" : "button";
        else state.kind = "";
      };
      state.leave = ({ target }) => { if (!inside(state.data.around, target)) state.kind = ""; };
      document.addEventListener("focusin", state.note);
      document.addEventListener("pointerdown", state.leave);
      return state;
    }
    function follow(state, again) {
      const active = document.activeElement;
      const lost = !active || active === document.body || !active.isConnected;
      const next = document.querySelector(`.st-key-${state.data.around} ${state.kind}:not([disabled])`);
      if (lost && state.kind && next) next.focus({ preventScroll: true });
      if (again) setTimeout(() => follow(state, again - 1), 80);
    }
    function showPart(key, again) {
      document.querySelector(`.st-key-${key}`)?.scrollIntoView({ block: "nearest", behavior: "instant" });
      if (again) setTimeout(() => showPart(key, again - 1), 150);
    }
    export default function ({ parentElement, data }) {
      const known = states.get(parentElement), state = known ?? begin(data), former = state.data;
      states.set(parentElement, state);
      state.data = data;
      if (known && former.token !== data.token) {
        if (state.kind) follow(state, 12);
        if (data.shows && former.shows !== data.shows) showPart(data.around, 3);
      }
      return () => {
        document.removeEventListener("focusin", state.note);
        document.removeEventListener("pointerdown", state.leave);
        states.delete(parentElement);
      };
    }
    """,
)


def keep(around: str, token: object, key: str, shows: object = "") -> None:
    """Keep the focus within a part of the page.

    Args:
        around: the key of the container.
        token: changes when what has the focus in it may be gone.
        shows: where it changes, the container is brought into sight; nothing is where it is empty.
    """
    _COMPONENT(key=key, data={"around": around, "token": repr((token, shows)), "shows": shows and repr(shows)})
