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
    let steps = built.reports(of: ObservedSteps.self)
    names = steps.map(\.name)
    let values = steps.map(\.value)
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

  /// Reads the norms of the last run by layers.
  ///
  /// - Parameter gradientNames: The fetches of the gradients of trained groups.
  func layers(
    _ session: Session, layout: ParameterLayout,
    gradientNames: [ParameterLayout.Group.Identity: String]
  ) -> [GradientNorm] {
    var parts: [String: HostTensor] = [:]
    for (group, name) in gradientNames {
      for (parameter, part) in layout.parts(of: session.read(name), group: group) {
        parts[parameter] = part
      }
    }
    var squares: [(layer: String, sum: Double)] = []
    // In the model's order, whatever the groups.
    for entry in layout.entries {
      guard let part = parts[entry.name] else { continue }
      let layer = entry.name.split(separator: ".").dropLast().joined(separator: ".")
      let sum = part.doubles.reduce(0) { $0 + $1 * $1 }
      if squares.last?.layer == layer {
        squares[squares.count - 1].sum += sum
      } else {
        squares.append((layer, sum))
      }
    }
    return squares.map {
      GradientNorm(layer: $0.layer, timeStep: nil, norm: $0.sum.squareRoot())
    }
  }

  /// Reads the norms of the last run by steps of sequences.
  func steps(_ session: Session) -> [GradientNorm] {
    names.enumerated().flatMap { index, name in
      session.read(Self.fetch(index)).doubles.enumerated().map { step, norm in
        GradientNorm(layer: name, timeStep: step + 1, norm: norm)
      }
    }
  }
}

/// Norms by steps of sequences over the batches of an update, as if their examples were one batch.
struct AccumulatedNorms {
  private var parts: [(weight: Double, norms: [GradientNorm])] = []

  /// Adds the norms of a batch, which counts `weight` in the sum of gradients.
  mutating func add(_ norms: [GradientNorm], weight: Double) { parts.append((weight, norms)) }

  /// The norms of the sum divided by `divisor`. Batches may have different numbers of steps.
  func norms(divisor: Double) -> [GradientNorm] {
    guard parts.count > 1 else { return parts.first?.norms ?? [] }
    struct Step: Hashable {
      let layer: String
      let timeStep: Int?
    }
    var order: [String] = []
    var squares: [Step: Double] = [:]
    for (weight, norms) in parts {
      for norm in norms {
        if !order.contains(norm.layer) { order.append(norm.layer) }
        let part = weight * norm.norm / divisor
        squares[Step(layer: norm.layer, timeStep: norm.timeStep), default: 0] += part * part
      }
    }
    return order.flatMap { layer in
      squares.filter { $0.key.layer == layer }
        .sorted { ($0.key.timeStep ?? 0) < ($1.key.timeStep ?? 0) }
        .map {
          GradientNorm(layer: layer, timeStep: $0.key.timeStep, norm: $0.value.squareRoot())
        }
    }
  }
}
