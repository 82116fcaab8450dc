public import NNGraph

/// A building block of a network: a value type that stores the layer's options.
///
/// Calling a layer adds its computation to the graph. Its parameters come from the scope; their
/// names are those of PyTorch's `state_dict`. Sizes that the input determines are inferred.
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
  /// The kind of layer and its main options, for tables and error messages: `Dense 128`.
  var description: String { get }

  /// A name that replaces the layer's index in its path; nil to use the index.
  var name: String? { get }

  /// The meaning of the values that the layer returns; numbers by default.
  var result: LayerResult { get }

  /// Adds the layer's computation to the graph.
  ///
  /// The input is never poisoned. If the input is invalid, a layer calls `Scope.reject` and returns
  /// its result. The parameters and buffers declared must not depend on `Scope.mode`.
  func callAsFunction(_ input: Value, in scope: Scope) -> Value

  /// Adds the computation of a layer with several inputs to the graph; see ``MultiInputLayer``.
  ///
  /// By default a layer has one input.
  func callAsFunction(_ inputs: [Value], in scope: Scope) -> Value
}

/// A layer with several inputs, such as a sum of two branches.
///
/// ```swift
/// struct Bilinear: MultiInputLayer {
///   let features: Int
///   var description: String { "Bilinear \(features)" }
///
///   func callAsFunction(_ inputs: [Value], in scope: Scope) -> Value {
///     guard inputs.count == 2 else { return scope.rejectOption("takes two inputs") }
///     let weight = scope.parameter(
///       "weight", [inputs[0].shape[1], features * inputs[1].shape[1]], .layerDefault)
///     ...
///   }
/// }
/// ```
public protocol MultiInputLayer: Layer {}

extension MultiInputLayer {
  /// Calls the layer with a list of one input.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value { self([input], in: scope) }
}

extension Layer {
  /// nil: the path contains the layer's index.
  public var name: String? { nil }

  /// Numbers.
  public var result: LayerResult { .numbers }

  /// Calls the layer with its only input.
  public func callAsFunction(_ inputs: [Value], in scope: Scope) -> Value {
    guard inputs.count == 1 else {
      return scope.rejectOption(
        "takes one input, gets \(inputs.count); join them first, such as with `concat`")
    }
    return self(inputs[0], in: scope)
  }

  /// Returns this layer with a name that replaces its index in its path.
  public func named(_ name: String) -> some Layer { NamedLayer(layer: self, name: name) }
}

extension Layer {
  /// This layer without a custom name.
  package var unnamed: any Layer { (self as? any RenamedLayer)?.original ?? self }
}

/// A layer that only renames another one.
private protocol RenamedLayer {
  var original: any Layer { get }
}

/// A layer with a custom name.
struct NamedLayer<Wrapped: Layer>: Layer, RenamedLayer {
  let layer: Wrapped
  fileprivate var original: any Layer { layer.unnamed }
  let name: String?
  var description: String { layer.description }
  var result: LayerResult { layer.result }

  func callAsFunction(_ input: Value, in scope: Scope) -> Value { layer(input, in: scope) }
  func callAsFunction(_ inputs: [Value], in scope: Scope) -> Value { layer(inputs, in: scope) }
}

/// The purpose of a graph: training, evaluation or generation.
public enum Mode: String, Sendable, CaseIterable {
  /// Dropout is active; batch normalisation uses the batch's statistics and updates the running
  /// ones.
  case training
  /// Dropout does nothing; batch normalisation uses the running statistics.
  case evaluation
  /// As evaluation, but for the next one or more steps of a sequence: inputs are [N, T, …], and
  /// layers that depend on earlier steps store what they need of them in states (`Scope.state`).
  case generation
}
