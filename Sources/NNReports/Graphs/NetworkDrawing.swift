import NNCore
import NNDrawing
public import NNLayers

/// A drawing of a network: layers as boxes with name, path, output shape and parameters, and arrows
/// from each layer's inputs.
public struct NetworkDrawing: Sendable {
  /// The network's name.
  public let title: String
  let boxes: [Box]
  let edges: [LayerWiring.Edge]

  /// A box and its texts.
  struct Box {
    let kind: LayerWiring.Node.Kind
    let name: String
    let detail: String
    let hasParameters: Bool
  }

  /// Prepares a drawing.
  ///
  /// - Parameters:
  ///   - wiring: The connections between layers.
  ///   - title: The network's name.
  public init(_ wiring: LayerWiring, title: String) {
    self.title = title
    edges = wiring.edges
    boxes = wiring.nodes.map { node in
      var parts = node.path.isEmpty ? [] : [node.path]
      parts.append("\(node.outputShape)")
      if node.parameters > 0 {
        let unit = node.parameters == 1 ? "parameter" : "parameters"
        parts.append("\(NumberText.integer(node.parameters)) \(unit)")
      }
      return Box(
        kind: node.kind, name: node.name, detail: parts.joined(separator: " · "),
        hasParameters: node.parameters > 0)
    }
  }

  /// The alternative text, for screen readers.
  var description: String {
    let layers = boxes.filter { $0.kind == .layer }.count
    return "\(layers) \(layers == 1 ? "layer" : "layers") from "
      + "\(boxes.first?.detail ?? "nothing") to \(boxes.last?.detail ?? "nothing")"
  }
}
