import NNCore
import NNGraph
import NNLayers

extension Workload {
  /// Explanations of 10 images: integrated gradients of one logit, with 50 nodes of Gauss–Legendre
  /// quadrature between a black image and the image. As in `nntrain explain`, the nodes of an image are
  /// one batch.
  static let integratedGradients = Workload(
    "integrated-gradients",
    "gradients at 50 points for each of 10 images through the network of fashion-cnn.yaml",
    limit: .arithmetic
  ) { dtype throws(NNError) in try integratedGradientsProgram(dtype, images: 10, nodes: 50) }

  /// One image is one run.
  private static func integratedGradientsProgram(
    _ dtype: DType, images count: Int, nodes: Int
  ) throws(NNError) -> BenchmarkProgram {
    let network = Network.fashionCNN(images: count)
    let images = network.input.converted(to: dtype)
    let labels = network.target.scalars(as: Int32.self)
    let layout = try network.model.layout(network.signature(dtype))
    let rule = GaussLegendre(nodes)
    let graph = Graph()
    let image = graph.input("image", TensorType(images.shape.replacing(axis: 0, with: 1), dtype))
    func constant(_ numbers: [Double]) -> Value {
      graph.constant(HostTensor(doubles: numbers, shape: [nodes, 1, 1, 1], dtype: dtype))
    }
    // The baseline is 0.
    let path = image * constant(rule.nodes)
    let output = Network.output(of: network.model, rawImages: path, layout: layout)
    let choices = graph.constant(HostTensor([Int32](repeating: labels[0], count: nodes)))
    let scores = output.gather(choices, along: 1)
    try graph.validate()
    let gradient = graph.gradients(of: scores.sum(), withRespectTo: [path])[0]
    let mean = (gradient * constant(rule.weights)).sum(axes: [0], keepDimensions: true)
    return BenchmarkProgram(
      graph: graph, fetches: [("attributions", image * mean)], inputs: [:],
      variables: try layout.initialVariables(seed: Network.seed),
      runInput: (
        "image",
        { run, _ in
          let row = (run - 1) % count
          return images.rows(row..<row + 1)
        }
      ), runsPerStep: count, samples: count)
  }
}
