package import NNCore

/// |∂f/∂x|: how strongly the score depends on each number (captum's `Saliency`).
///
/// Source: Simonyan, Vedaldi, Zisserman, "Deep inside convolutional networks", 2013.
package struct Saliency: ExplanationMethod {
  package static let name = "saliency"
  package static let summary = "|∂f/∂x|: how strongly the score depends on each number."
  package let isAdditive = false

  package init(_ options: ExplanationOptions, for network: ExplainedNetwork) {}

  package func attributions(
    _ network: ExplainedNetwork, _ rows: ExplainedRows, choices: [Int]
  ) throws(NNError) -> [Double] {
    try network.gradients(rows, choices: choices).map(\.magnitude)
  }
}

extension ExplainedNetwork {
  /// ∂f/∂x of each row.
  func gradients(
    _ rows: ExplainedRows, choices: [Int], _ request: Request = .gradients
  ) throws(NNError) -> [Double] {
    try self(rows, choices: choices, request).gradients
  }
}
