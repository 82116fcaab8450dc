import NNLayers

extension NetworkDrawing {
  /// The drawing in Graphviz's language, for `dot`.
  public var dot: String {
    var text = """
      digraph \(Self.quoted(title)) {
        rankdir=TB;
        node [shape=box, style=rounded, fontname="Helvetica", fontsize=12];
        edge [arrowsize=0.7];

      """
    for (index, box) in boxes.enumerated() {
      let label =
        box.kind == .join ? Self.quoted(box.name) : Self.quoted(box.name + "\n" + box.detail)
      let style =
        switch box.kind {
        case .input: ", shape=plaintext"
        case .layer: box.hasParameters ? ", penwidth=2" : ""
        case .join: ", shape=\(box.name.count > 1 ? "oval" : "circle")"
        }
      text += "  n\(index) [label=\(label)\(style)];\n"
    }
    for edge in edges { text += "  n\(edge.from) -> n\(edge.to);\n" }
    return text + "}\n"
  }

  /// A text in double quotes.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r", "\0": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
