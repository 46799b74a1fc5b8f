// A table whose cells are buttons, shaded by how much they hold; says which was chosen; knows nothing of what is counted.
export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table")
  const element = keep(table, () => ({}))
  const cell = (kind, text, scope) => {
    const made = document.createElement(kind)
    made.textContent = text
    if (scope) made.scope = scope
    return made
  }
  if (table.rows.length !== data.rows.length + 1 || table.rows[0].cells.length !== data.columns.length + 1) {
    table.replaceChildren(document.createElement("caption"))
    const head = table.createTHead().insertRow()
    head.append(cell("td", ""), ...data.columns.map((name) => cell("th", name, "col")))
    const body = table.createTBody()
    for (const { name, cells } of data.rows) {
      const row = body.insertRow()
      row.append(cell("th", name, "row"))
      for (const _ of cells) row.insertCell().appendChild(document.createElement("button")).type = "button"
    }
  }
  table.caption.textContent = data.label
  table.rows[0].cells[0].textContent = data.corner
  const buttons = [...table.querySelectorAll("button")]
  const cells = data.rows.flatMap((row) => row.cells)
  cells.forEach((item, index) => {
    const button = buttons[index]
    button.textContent = item.text
    button.className = item.state
    button.style.setProperty("--strength", item.strength + "%")
    button.setAttribute("aria-label", item.label)
    if (data.chosen === null) button.removeAttribute("aria-pressed")
    else button.setAttribute("aria-pressed", index === data.chosen)
    button.title = item.label
    button.onclick = () => setTriggerValue("chosen", index)
  })
  rove(table, buttons, data.chosen)
  return element.cleanup
}
