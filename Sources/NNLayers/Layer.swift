public import NNGraph

/// A building block of a network: a value type that holds its options.
///
/// Calling a layer adds its computation to the graph; its parameters come from the scope, under
/// names that files and PyTorch's `state_dict` share. Sizes that the input determines are inferred.
///
/// ```swift
/// struct Scale: Layer {
///   var description: String { "Scale" }
///
///   func callAsFunction(_ input: Value, in scope: Scope) -> Value {
///     input * scope.parameter("weight", [input.shape[-1]], .ones)
///   }
/// }
/// ```
public protocol Layer: Sendable {
  /// What the layer is, for tables and errors: `Dense 128`.
  var description: String { get }

  /// The name that stands in the layer's path in place of its index; nil for the index.
  var name: String? { get }

  /// Adds the layer's computation to the graph.
  ///
  /// The input is never poisoned. A layer that does not fit it says so with `Scope.reject` and
  /// gives back what that returns. The parameters and buffers declared must not depend on
  /// `Scope.mode`.
  func callAsFunction(_ input: Value, in scope: Scope) -> Value
}

extension Layer {
  /// No name: the layer's index stands in its path.
  public var name: String? { nil }

  /// This layer under a name that stands in its path in place of its index.
  public func named(_ name: String) -> some Layer { NamedLayer(layer: self, name: name) }
}

/// A layer with a name of its own.
struct NamedLayer<Wrapped: Layer>: Layer {
  let layer: Wrapped
  let name: String?
  var description: String { layer.description }

  func callAsFunction(_ input: Value, in scope: Scope) -> Value { layer(input, in: scope) }
}

/// Whether a graph is built for learning or for use.
public enum Mode: String, Sendable, CaseIterable {
  /// Dropout drops, batch normalisation uses the batch's statistics and updates the running ones.
  case training
  /// Dropout does nothing, batch normalisation uses the running statistics.
  case evaluation
  /// As in evaluation, for the next steps of a sequence, one or some at a time: rows are [N, T, …],
  /// and layers that look back keep what they need of the past in states (`Scope.state`).
  case generation
}
