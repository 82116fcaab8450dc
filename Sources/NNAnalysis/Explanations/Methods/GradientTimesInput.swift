package import NNCore

/// x · ∂f/∂x (captum's `InputXGradient`): for a linear model what each number adds to the score.
package struct GradientTimesInput: ExplanationMethod {
  package static let name = "gradient_x_input"
  package static let summary = "x · ∂f/∂x: for a linear model what each number adds to the score."
  package let isAdditive = true

  package init(_ options: ExplanationOptions, for network: ExplainedNetwork) {}

  package func attributions(
    _ network: ExplainedNetwork, _ rows: ExplainedRows, choices: [Int]
  ) throws(NNError) -> [Double] {
    zip(try network.gradients(rows, choices: choices), rows.numbers).map { $0 * $1 }
  }
}
