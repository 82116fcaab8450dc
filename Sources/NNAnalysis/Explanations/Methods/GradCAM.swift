package import NNCore
import NNLayers

/// Σ (mean gradient of a channel) · channel of a convolution's output, enlarged to the image
/// (captum's `LayerGradCam` and `LayerAttribution.interpolate`).
///
/// Every channel of the image gets the same map, so that the attributions have the input's shape.
///
/// Source: Selvaraju et al., "Grad-CAM: visual explanations from deep networks", ICCV 2017.
package struct GradCAM: ExplanationMethod {
  package static let name = "grad_cam"
  package static let summary =
    "The channels of a convolution's output, weighted by their mean gradients and enlarged to the "
    + "image."
  package let isAdditive = false

  private let image: ExplainedNetwork.Part
  private let layer: String
  private let shape: Shape

  package init(
    _ options: ExplanationOptions, for network: ExplainedNetwork
  ) throws(NNError) {
    guard let image = network.imagePart else {
      let shapes = network.parts.map { "\($0.shape)" }.joined(separator: ", ")
      throw .invalid(
        "grad_cam explains one image [channels, height, width] per row; rows have the shape "
          + shapes, hint: "use integrated_gradients")
    }
    self.image = image
    let maps = network.layers.filter { $0.shape.rank == 3 && !$0.path.isEmpty }
    let list = maps.map { "\($0.path) (\($0.layer.description))" }.joined(separator: ", ")
    if let path = options.layer {
      guard let found = network.layers.first(where: { $0.path == path }) else {
        throw .invalid("the network has no layer `\(path)`", hint: "layers with maps: \(list)")
      }
      guard found.shape.rank == 3 else {
        throw .invalid(
          "grad_cam needs a layer whose output is [channels, height, width]; that of `\(path)` is "
            + "\(found.shape)", hint: "layers with maps: \(list)")
      }
      (layer, shape) = (path, found.shape)
      return
    }
    guard let last = maps.last(where: { $0.layer is Conv2D }) else {
      throw .invalid(
        "grad_cam explains the output of a convolution, and the network has none",
        hint: list.isEmpty
          ? "use integrated_gradients" : "name another layer: \(list); or use integrated_gradients")
    }
    (layer, shape) = (last.path, last.shape)
  }

  package func attributions(
    _ network: ExplainedNetwork, _ rows: ExplainedRows, choices: [Int]
  ) throws(NNError) -> [Double] {
    let maps = try maps(network, rows, choices: choices)
    let (height, width) = (shape[1], shape[2])
    let size = image.shape
    // Other inputs than the image have no attributions.
    var attributions = [Double](repeating: 0, count: rows.numbers.count)
    for (row, map) in maps.enumerated() {
      let start = row * rows.width + image.offset
      for index in 0..<size.elementCount {
        let (y, x) = (index / size[2] % size[1], index % size[2])
        // Nearest neighbours, as torch's `interpolate` finds them.
        attributions[start + index] = map[y * height / size[1] * width + x * width / size[2]]
      }
    }
    return attributions
  }

  /// The map of each row in the size of the layer's output.
  package func maps(
    _ network: ExplainedNetwork, _ rows: ExplainedRows, choices: [Int]
  ) throws(NNError) -> [[Double]] {
    var request = ExplainedNetwork.Request()
    request.layer = layer
    let result = try network(rows, choices: choices, request)
    let (activations, gradients) = (result.activations, result.activationGradients)
    let (channels, plane) = (shape[0], shape[1] * shape[2])
    return choices.indices.map { row in
      var map = [Double](repeating: 0, count: plane)
      for channel in 0..<channels {
        let start = (row * channels + channel) * plane
        let weight = gradients[start..<start + plane].reduce(0, +) / Double(plane)
        for index in 0..<plane { map[index] += weight * activations[start + index] }
      }
      return map
    }
  }
}
