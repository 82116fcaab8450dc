public import NNDrawing
import NNLayers

extension NetworkDrawing {
  private static let margin = 12.0

  /// The drawing as SVG.
  ///
  /// - Parameters:
  ///   - theme: Light, dark, or as the reader's system has it, the default.
  ///   - embedded: Whether it stands inside a page, and needs no XML heading.
  public func svg(theme: Theme = .automatic, embedded: Bool = false) -> String {
    let layout = LayeredLayout(
      boxes.map(Self.size), edges: edges.map { (from: $0.from, to: $0.to) })
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
      <rect class="ground" width="100%" height="100%"/>
      <g transform="translate(\(Int(Self.margin)) \(Int(Self.margin)))">

      """
    for route in layout.routes { text += Self.arrow(route) }
    for (box, center) in zip(boxes, layout.centers) { text += Self.element(box, at: center) }
    return text + "</g>\n</svg>\n"
  }

  /// What a box takes: its texts and space around them.
  private static func size(_ box: Box) -> LayeredLayout.Size {
    let name = TextMetrics.width(of: box.name, .large)
    if box.kind == .join { return .init(width: max(24, name + 18), height: 24) }
    let detail = TextMetrics.width(of: box.detail, .small)
    return .init(width: max(96, max(name, detail) + 24), height: 42)
  }

  private static func element(_ box: Box, at center: LayeredLayout.Point) -> String {
    let size = size(box)
    let (x, y) = (center.x - size.width / 2, center.y - size.height / 2)
    let kind =
      switch box.kind {
      case .input: "input"
      case .layer: box.hasParameters ? "learnt" : "fixed"
      case .join: "join"
      }
    let radius = box.kind == .join ? size.height / 2 : 6
    var text = """
      <g class="\(kind)"><title>\(escaped("\(box.name) \(box.detail)"))</title>\
      <rect x="\(number(x))" y="\(number(y))" width="\(number(size.width))" \
      height="\(number(size.height))" rx="\(number(radius))"/>
      """
    if box.kind == .join {
      text += label(box.name, "name", center.x, center.y + 4.5)
    } else {
      text += label(box.name, "name", center.x, center.y - 4)
      text += label(box.detail, "detail", center.x, center.y + 13)
    }
    return text + "</g>\n"
  }

  private static func label(_ text: String, _ kind: String, _ x: Double, _ y: Double) -> String {
    "<text class=\"\(kind)\" x=\"\(number(x))\" y=\"\(number(y))\">\(escaped(text))</text>"
  }

  /// A line through the corners, upright at each, with a head at its end.
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
      .network .learnt rect{stroke-width:2}
      \(rules)
      """
  }

  /// Colours as plain values, since not every program knows custom properties.
  private static func colors(_ palette: Palette) -> String {
    let (ground, text, muted) = (palette.background.hex, palette.text.hex, palette.muted.hex)
    return """
      .network rect{fill:\(ground);stroke:\(muted)}
      .network .ground,.network .input rect{stroke:none}
      .network .learnt rect{stroke:\(palette[.series(0)].hex)}
      .network .line{stroke:\(muted)}
      .network .head{fill:\(muted)}
      .network text{fill:\(text)}
      .network .detail{fill:\(muted)}

      """
  }
}
