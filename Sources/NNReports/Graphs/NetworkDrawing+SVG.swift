public import NNDrawing
import NNLayers

extension NetworkDrawing {
  private static let margin = 12.0

  /// The drawing as SVG.
  ///
  /// - Parameters:
  ///   - theme: Light, dark, or the reader's `prefers-color-scheme`, the default.
  ///   - embedded: Whether it is embedded in a page and needs no XML header.
  public func svg(theme: Theme = .automatic, embedded: Bool = false) -> String {
    let layout = layout
    let width = (layout.size.width + 2 * Self.margin).rounded(.up)
    let height = (layout.size.height + 2 * Self.margin).rounded(.up)
    var text = embedded ? "" : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += """
      <svg xmlns="http://www.w3.org/2000/svg" class="network" role="img" \
      aria-label="\(escaped("\(title): \(description)"))" \
      width="\(Int(width))" height="\(Int(height))" viewBox="0 0 \(Int(width)) \(Int(height))">
      <title>\(escaped(title))</title>
      <desc>\(escaped(description))</desc>
      <style>\(Self.style(theme))</style>

      """
    // A page has its own background.
    if !embedded { text += "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n" }
    text += "<g transform=\"translate(\(Int(Self.margin)) \(Int(Self.margin)))\">\n"
    for route in layout.routes { text += Self.arrow(route) }
    for (box, center) in zip(boxes, layout.centers) { text += Self.element(box, at: center) }
    return text + "</g>\n</svg>\n"
  }

  /// Whether the drawing would be illegible when shrunk to a page of paper.
  var isTall: Bool { layout.size.height > 2000 }

  private var layout: LayeredLayout {
    LayeredLayout(
      boxes.map { Texts($0).size }, edges: edges.map { (from: $0.from, to: $0.to) })
  }

  /// The lines of text in a box.
  private struct Texts {
    let name: [String]
    let detail: [String]
    let size: LayeredLayout.Size

    /// Longer texts continue on another line.
    private static let widest = 360.0
    static let nameHeight = 16.0
    static let detailHeight = 14.0

    init(_ box: Box) {
      name = TextMetrics.broken(box.name, to: Self.widest, .large)
      detail = box.kind == .join ? [] : TextMetrics.broken(box.detail, to: Self.widest, .small)
      let nameWidth = name.map { TextMetrics.width(of: $0, .large) }.max() ?? 0
      let detailWidth = detail.map { TextMetrics.width(of: $0, .small) }.max() ?? 0
      let (names, details) = (Double(name.count), Double(detail.count))
      size =
        box.kind == .join
        ? .init(width: max(24, nameWidth + 18), height: 8 + Self.nameHeight * names)
        : .init(
          width: max(96, max(nameWidth, detailWidth) + 24),
          height: 12 + Self.nameHeight * names + Self.detailHeight * details)
    }
  }

  private static func element(_ box: Box, at center: LayeredLayout.Point) -> String {
    let texts = Texts(box)
    let size = texts.size
    let (x, y) = (center.x - size.width / 2, center.y - size.height / 2)
    let kind =
      switch box.kind {
      case .input: "input"
      case .layer: box.hasParameters ? "trainable" : "fixed"
      case .join: "join"
      }
    let radius = box.kind == .join ? 12.0 : 6
    var text = """
      <g class="\(kind)"><title>\(escaped("\(box.name) \(box.detail)"))</title>\
      <rect x="\(number(x))" y="\(number(y))" width="\(number(size.width))" \
      height="\(number(size.height))" rx="\(number(radius))"/>
      """
    var line = y + (box.kind == .join ? 16.5 : 17)
    for name in texts.name {
      text += label(name, "name", center.x, line)
      line += Texts.nameHeight
    }
    line += 1
    for detail in texts.detail {
      text += label(detail, "detail", center.x, line)
      line += Texts.detailHeight
    }
    return text + "</g>\n"
  }

  private static func label(_ text: String, _ kind: String, _ x: Double, _ y: Double) -> String {
    "<text class=\"\(kind)\" x=\"\(number(x))\" y=\"\(number(y))\">\(escaped(text))</text>"
  }

  /// A line through the corners, vertical at each, with a head at its end.
  private static func arrow(_ route: [LayeredLayout.Point]) -> String {
    guard let start = route.first, let end = route.last else { return "" }
    let tip = LayeredLayout.Point(x: end.x, y: end.y - 1)
    var path = "M\(number(start.x)) \(number(start.y))"
    var last = start
    for point in route.dropFirst().dropLast() + [.init(x: tip.x, y: tip.y - 6)] {
      if abs(point.x - last.x) < 0.05 {
        path += "L\(number(point.x)) \(number(point.y))"
      } else {
        let middle = number((last.y + point.y) / 2)
        path += "C\(number(last.x)) \(middle) \(number(point.x)) \(middle) "
        path += "\(number(point.x)) \(number(point.y))"
      }
      last = point
    }
    let (x, y) = (tip.x, tip.y)
    return """
      <path class="line" d="\(path)"/><path class="head" d="M\(number(x)) \(number(y))\
      L\(number(x - 4)) \(number(y - 7))L\(number(x + 4)) \(number(y - 7))Z"/>

      """
  }

  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
  }

  private static func style(_ theme: Theme) -> String {
    let rules =
      switch theme {
      case .automatic:
        colors(.light) + "@media(prefers-color-scheme:dark){\n\(colors(.dark))}\n"
      case .light: colors(.light)
      case .dark: colors(.dark)
      }
    return """
      .network text{font-family:Helvetica,Arial,"Liberation Sans",sans-serif;text-anchor:middle}
      .network .name{font-size:\(TextMetrics.points(.large))px;font-weight:bold}
      .network .detail{font-size:\(TextMetrics.points(.small))px}
      .network .line{fill:none;stroke-width:1.5}
      .network .trainable rect{stroke-width:2}
      @media print{.network{max-width:100%;max-height:100%}}
      \(rules)
      """
  }

  /// Colours as plain values, since not every program supports custom properties.
  private static func colors(_ palette: Palette) -> String {
    let (ground, text, muted) = (palette.background.hex, palette.text.hex, palette.muted.hex)
    return """
      .network rect{fill:\(ground);stroke:\(muted)}
      .network .ground,.network .input rect{stroke:none}
      .network .trainable rect{stroke:\(palette[.series(0)].hex)}
      .network .line{stroke:\(muted)}
      .network .head{fill:\(muted)}
      .network text{fill:\(text)}
      .network .detail{fill:\(muted)}

      """
  }
}
