// Tells the server where the browser really stands, should that not be where the server believes: behind a proxy only the browser knows.
export default function ({ data, setStateValue }) {
  const { origin, pathname } = window.location
  const plain = (address) => address.replace(/\/+$/, "")
  if (plain(origin + pathname) !== plain(data.believed)) setStateValue("stands", origin + pathname)
}
