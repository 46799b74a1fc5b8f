// A grid of cells that are pressed on and off, by mouse, finger or keyboard; tells which are on; knows nothing of drawings.
const TELLS_AFTER = 250 // milliseconds: several presses are one answer

export default function ({ data, parentElement, setTriggerValue }) {
  const group = parentElement.querySelector(".cells")
  const element = keep(group, () => ({ buttons: [], on: new Set(), asked: null }), (ended) => clearTimeout(ended.asked))
  const { buttons } = element
  while (buttons.length > data.columns * data.rows) buttons.pop().remove()
  while (buttons.length < data.columns * data.rows) {
    const button = group.appendChild(Object.assign(document.createElement("button"), { type: "button" }))
    buttons.push(button)
  }
  group.setAttribute("aria-label", data.words.group)
  group.style.setProperty("--columns", data.columns)
  if (!element.asked) element.on = new Set(data.chosen)
  const show = () => buttons.forEach((button, cell) => button.setAttribute("aria-pressed", element.on.has(cell)))
  buttons.forEach((button, cell) => {
    const [row, column] = [Math.floor(cell / data.columns) + 1, (cell % data.columns) + 1]
    button.setAttribute("aria-label", data.words.cell.replace("{row}", row).replace("{column}", column))
    button.onclick = () => {
      if (!element.on.delete(cell)) element.on.add(cell)
      show()
      clearTimeout(element.asked)
      element.asked = setTimeout(() => {
        element.asked = null
        setTriggerValue("chosen", [...element.on].sort((one, other) => one - other))
      }, TELLS_AFTER)
    }
  })
  show()
  rove(group, buttons, -1)
  return element.cleanup
}
