package import NNCore

/// A method that attributes a network's score to the numbers of its input.
///
/// A method is one file in `Methods` and a row in ``ExplanationMethods``.
package protocol ExplanationMethod: Sendable {
  /// The name, as in captum with underscores: `integrated_gradients`.
  static var name: String { get }
  /// What it computes, in one line.
  static var summary: String { get }
  /// Reads the options that concern the method.
  ///
  /// - Throws: `NNError` for an option that is out of range or does not suit the network.
  init(_ options: ExplanationOptions, for network: ExplainedNetwork) throws(NNError)

  /// Whether the attributions of a linear model add up to f(x) − f(baseline).
  var isAdditive: Bool { get }

  /// The attributions of rows.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - rows: The rows.
  ///   - choices: The output that is explained for each row.
  /// - Returns: Numbers in the layout of the rows, 0 for padding.
  func attributions(
    _ network: ExplainedNetwork, _ rows: ExplainedRows, choices: [Int]
  ) throws(NNError) -> [Double]
}

/// The methods by name.
package enum ExplanationMethods {
  /// All methods, in the order of the documentation.
  package static let all: [any ExplanationMethod.Type] = [
    Saliency.self, GradientTimesInput.self, IntegratedGradients.self, SmoothGrad.self,
    GuidedBackpropagation.self, GradCAM.self, Occlusion.self,
  ]

  /// The names of all methods.
  package static var names: [String] { all.map { $0.name } }

  /// The method of a name.
  ///
  /// - Throws: `NNError` that lists the names.
  package static func method(named name: String) throws(NNError) -> any ExplanationMethod.Type {
    guard let method = all.first(where: { $0.name == name }) else {
      throw .invalid(
        "there is no method of explanation `\(name)`",
        hint: Suggestion.hint(for: name, in: names, plural: "methods"))
    }
    return method
  }
}

/// The options of all methods, with captum's defaults.
public struct ExplanationOptions: Sendable, Hashable {
  /// The input that a row is compared with, every number alike; 0 by default. For tokens it is the
  /// embedding of no token.
  public var baseline = 0.0
  /// The number of nodes of the path's integral (`integrated_gradients`); 50 by default.
  public var steps = 50
  /// The number of noisy copies of a row (`smoothgrad`); 5 by default.
  public var samples = 5
  /// The standard deviation of their noise, in the unit of the raw input (`smoothgrad`); 1 by
  /// default. The method's authors recommend 10 to 20 % of the range of the data.
  public var deviation = 1.0
  /// The seed of the noise; 42 by default.
  public var seed: UInt64 = 42
  /// The extents of the part of a row that is replaced at once (`occlusion`), for networks with one
  /// input; nil (default): one number of a table or a series, one token, and of images all channels
  /// of a square of a seventh of the longer side.
  public var window: [Int]?
  /// How far the window moves; nil (default): half of it, at least 1.
  public var strides: [Int]?
  /// The path of the layer whose output is explained (`grad_cam`); nil (default): the last
  /// convolution.
  public var layer: String?

  /// Creates options with the defaults.
  public init() {}
}
