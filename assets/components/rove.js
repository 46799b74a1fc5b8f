// One tab stop for many buttons; the arrow keys, Home and End move between them as they stand on the screen.
function rove(group, buttons, chosen) {
  const focused = buttons.indexOf(group.getRootNode().activeElement)
  const current = focused >= 0 ? focused : Math.max(0, chosen)
  buttons.forEach((button, index) => (button.tabIndex = index === current ? 0 : -1))
  group.onkeydown = (event) => {
    const from = buttons.indexOf(event.target)
    if (from < 0) return
    const middle = (button) => button.getBoundingClientRect().left + button.getBoundingClientRect().width / 2
    const beside = (direction) => {
      const top = buttons[from].getBoundingClientRect().top
      const row = buttons.filter((button) => (button.getBoundingClientRect().top - top) * direction > 4)
      const next = row.length && (direction > 0 ? row[0] : row[row.length - 1]).getBoundingClientRect().top
      const nearest = row.filter((button) => Math.abs(button.getBoundingClientRect().top - next) < 4)
      const distance = (button) => Math.abs(middle(button) - middle(buttons[from]))
      return nearest.sort((one, other) => distance(one) - distance(other))[0]
    }
    const moves = {
      ArrowLeft: () => buttons[from - 1],
      ArrowRight: () => buttons[from + 1],
      ArrowUp: () => beside(-1),
      ArrowDown: () => beside(1),
      Home: () => buttons[0],
      End: () => buttons[buttons.length - 1],
    }
    const target = moves[event.key]?.()
    if (!moves[event.key]) return
    event.preventDefault()
    if (!target) return
    buttons.forEach((button) => (button.tabIndex = button === target ? 0 : -1))
    target.focus()
  }
}
