package import NNCore
import NNLayers

/// ∂f/∂x where every ReLU passes only positive gradients back (captum's `GuidedBackprop`).
///
/// Source: Springenberg, Dosovitskiy, Brox, Riedmiller, "Striving for simplicity", 2014.
package struct GuidedBackpropagation: ExplanationMethod {
  package static let name = "guided_backprop"
  package static let summary = "∂f/∂x where every relu passes only positive gradients back."
  package let isAdditive = false

  package init(
    _ options: ExplanationOptions, for network: ExplainedNetwork
  ) throws(NNError) {
    guard network.layers.contains(where: { $0.layer is ReLU }) else {
      throw .invalid(
        "guided_backprop changes the gradient of `relu` layers, and the network has none",
        hint: "use saliency or integrated_gradients")
    }
  }

  package func attributions(
    _ network: ExplainedNetwork, _ rows: ExplainedRows, choices: [Int]
  ) throws(NNError) -> [Double] {
    var request = ExplainedNetwork.Request.gradients
    request.isGuided = true
    return try network.gradients(rows, choices: choices, request)
  }
}
