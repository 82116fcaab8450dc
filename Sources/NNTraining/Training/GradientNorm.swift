import NNCore
import NNGraph
import NNLayers

/// The norm of the gradient of a layer's parameters, or of one step of a sequence.
public struct GradientNorm: Sendable, Hashable {
  /// The layer's path; for steps including the layer inside a recurrent one: `1.l0`.
  public let layer: String
  /// The step, counted from 1; nil for the layer's parameters.
  public let timeStep: Int?
  /// √Σ(∂loss/∂x)² over all examples, where x are the parameters or the inputs of the step.
  public let norm: Double
}

/// The gradient norms of a training step, for logs.
struct GradientLog {
  private let names: [String]

  /// The values that a step fetches.
  let fetches: [(name: String, value: Value)]

  /// Adds the norms of each step of a sequence to the graph.
  init(_ built: Model.Output, loss: Value) {
    names = built.observedSteps.map(\.name)
    let values = built.observedSteps.map(\.value)
    let gradients =
      values.isEmpty ? [] : loss.graph.gradients(of: loss, withRespectTo: values)
    fetches = gradients.enumerated().map { index, gradient in
      let axes = Array(1..<gradient.shape.rank)
      // Squares of small numbers underflow in Float32.
      let exact = gradient.converted(to: .float64)
      return (Self.fetch(index), exact.square().sum(axes: axes).sqrt())
    }
  }

  private static func fetch(_ index: Int) -> String { "steps/\(index)" }

  /// Reads the norms of the last run.
  func read(_ session: Session, layout: ParameterLayout) -> [GradientNorm] {
    var squares: [(layer: String, sum: Double)] = []
    for (name, part) in layout.parts(of: session.read("gradient")) {
      let layer = name.split(separator: ".").dropLast().joined(separator: ".")
      let sum = part.doubles.reduce(0) { $0 + $1 * $1 }
      if squares.last?.layer == layer {
        squares[squares.count - 1].sum += sum
      } else {
        squares.append((layer, sum))
      }
    }
    let layers = squares.map {
      GradientNorm(layer: $0.layer, timeStep: nil, norm: $0.sum.squareRoot())
    }
    return layers
      + names.enumerated().flatMap { index, name in
        session.read(Self.fetch(index)).doubles.enumerated().map { step, norm in
          GradientNorm(layer: name, timeStep: step + 1, norm: norm)
        }
      }
  }
}
