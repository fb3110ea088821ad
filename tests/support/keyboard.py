"""Whether somebody who never touches a mouse can reach everything on a page, and sees where."""

from playwright.sync_api import Page

# No page has more than this; a trap that holds the keyboard does.
MOST_STOPS = 900
AT_A_TIME = 60

# A field of a date has stops inside, which all count as the field itself.
LISTEN = """() => {
  const seen = new Map();
  const marked = (one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
      || style.boxShadow !== 'none';
  };
  window.tour = {seen, over: false};
  document.addEventListener('focusin', (event) => {
    const one = event.target;
    if (seen.has(one)) {
      window.tour.over ||= seen.keys().next().value === one;
      return;
    }
    seen.set(one, marked(one) || (one.parentElement && marked(one.parentElement)));
  });
  document.activeElement && document.activeElement.blur();
}"""

# Of radio buttons that belong together the keyboard comes to one; arrows do the rest.
FIND_FAULTS = """() => {
  const named = (one) => one.outerHTML.slice(0, 160);
  const {seen} = window.tour;
  const groups = new Set([...seen.keys()].filter(one => one.type === 'radio')
    .map(one => one.name));
  const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const missed = [...document.querySelectorAll(controls)].filter(one =>
    one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0
    && !seen.has(one) && !(one.type === 'radio' && groups.has(one.name)));
  const unmarked = [...seen].filter(([one, isMarked]) => !isMarked && one.tagName !== 'IFRAME');
  return [...missed.map(one => 'not reached: ' + named(one)),
          ...unmarked.map(([one]) => 'not seen to be reached: ' + named(one))];
}"""


def keyboard_faults(page: Page) -> list[str]:
    """What Tab never comes to or comes to unseen; also when it never comes round."""
    page.evaluate(LISTEN)
    for _ in range(MOST_STOPS // AT_A_TIME):
        for _ in range(AT_A_TIME):
            page.keyboard.press("Tab")
        if page.evaluate("window.tour.over || !document.querySelector('a[href], button')"):
            found: list[str] = page.evaluate(FIND_FAULTS)
            return found
    return ["Tab never comes round"]
