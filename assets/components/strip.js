// A row of digits and what the network says of each; changes words in place; knows nothing of networks.
const instances = new WeakMap()

export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".strip")
  let cells = instances.get(parentElement)
  if (!cells) {
    cells = data.digits.map((digit) => {
      const cell = document.createElement("li")
      const picture = document.createElement("img")
      const answer = document.createElement("span")
      picture.src = digit.picture
      picture.width = picture.height = 44
      picture.alt = ""
      cell.append(picture, answer)
      list.appendChild(cell)
      return { cell, answer }
    })
    instances.set(parentElement, cells)
  }
  list.setAttribute("aria-label", data.label)
  data.digits.forEach((digit, index) => {
    const { cell, answer } = cells[index]
    if (answer.textContent !== digit.answer) answer.textContent = digit.answer
    cell.className = digit.state
    cell.setAttribute("aria-label", digit.label)
    cell.title = digit.label
  })
  return () => instances.delete(parentElement)
}
