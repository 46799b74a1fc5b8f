// A row of digits and what the network says of each; changes words in place; knows nothing of networks.
export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".strip")
  const element = keep(list, () => ({}))
  while (list.children.length > data.digits.length) list.lastChild.remove()
  while (list.children.length < data.digits.length) {
    const cell = document.createElement("li")
    const picture = document.createElement("img")
    picture.width = picture.height = 44
    picture.alt = ""
    cell.append(picture, document.createElement("span"))
    list.appendChild(cell)
  }
  list.setAttribute("aria-label", data.label)
  data.digits.forEach((digit, index) => {
    const cell = list.children[index]
    const [picture, answer] = cell.children
    if (picture.getAttribute("src") !== digit.picture) picture.src = digit.picture
    if (answer.textContent !== digit.answer) answer.textContent = digit.answer
    cell.className = digit.state
    cell.setAttribute("aria-label", digit.label)
    cell.title = digit.label
  })
  return element.cleanup
}
