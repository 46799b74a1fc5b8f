// A button that reads one file of the visitor's and sends it; knows nothing of what is in it.
export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".picker")
  const element = keep(place, () => begin(place))
  const { field, button } = element
  button.textContent = data.label
  field.accept = data.accept
  field.onchange = () => {
    const file = field.files[0]
    if (!file) return
    const reader = new FileReader()
    const number = Date.now()
    if (file.size > data.bytes) {
      setTriggerValue("picked", { number, bytes: file.size, content: null })
    } else {
      reader.onload = () => setTriggerValue("picked", { number, bytes: file.size, content: reader.result.split(",")[1] ?? "" })
      reader.readAsDataURL(file)
    }
    field.value = ""
  }
  return element.cleanup
}

function begin(place) {
  const field = document.createElement("input")
  const button = document.createElement("button")
  Object.assign(field, { type: "file", hidden: true, tabIndex: -1 })
  field.setAttribute("aria-hidden", "true")
  button.type = "button"
  button.onclick = () => field.click()
  place.append(field, button)
  return { field, button }
}
