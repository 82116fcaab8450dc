/// The document around the marks of an SVG file.
enum SVGDocument {
  /// A whole file, or an element for a page that has `PageStyle`.
  ///
  /// - Parameters:
  ///   - size: Width and height in units, which are pixels where nothing scales the drawing.
  ///   - title: The name for screen readers.
  ///   - description: The alternative text.
  ///   - style: CSS rules for this drawing alone.
  ///   - content: The elements.
  static func text(
    size: (width: Double, height: Double), title: String, description: String, theme: Theme,
    embedded: Bool, style: String = "", content: [UInt8]
  ) -> String {
    let (width, height) = (SVGNumber(size.width).text, SVGNumber(size.height).text)
    var classes = theme == .automatic ? "nnplot" : "nnplot \(theme)"
    if size.width > 640 { classes += " wide" }
    if size.width < 480 { classes += " narrow" }
    var bytes: [UInt8] = []
    if !embedded { bytes += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8 }
    bytes += "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"\(classes)\" role=\"img\"".utf8
    bytes += " width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\">\n".utf8
    bytes += "<title>\(escaped(title))</title>\n".utf8
    if !description.isEmpty { bytes += "<desc>\(escaped(description))</desc>\n".utf8 }
    let isStyled = !(embedded && theme == .automatic)
    if isStyled || !style.isEmpty {
      bytes += "<style>\n\(isStyled ? StyleSheet.css(theme) : "")\(style)</style>\n".utf8
    }
    if isStyled { bytes += "<rect class=\"fb\" width=\"\(width)\" height=\"\(height)\"/>\n".utf8 }
    bytes += "<g fill=\"none\" stroke-linejoin=\"round\">\n".utf8
    bytes += content
    bytes += "</g>\n</svg>\n".utf8
    return String(decoding: bytes, as: UTF8.self)
  }
}
