import NNCore
import NNGraph
import NNLayers
import NNLosses

extension Workload {
  /// An attack on 100 images: 40 iterations of projected gradient descent with ε = 0.1 in the norm
  /// `linf` and steps of ε / 10, which `nntrain attack` computes in the same way.
  static let pgd = Workload(
    "pgd", "40 iterations of PGD on 100 images through the network of fashion-cnn.yaml",
    limit: .arithmetic
  ) { dtype throws(NNError) in try ascentProgram(dtype, images: 100, iterations: 40) }

  /// One iteration is one run, x → x′: x′ = clip(x₀ + clamp(x + α · sign(∇L(x)) − x₀, ±ε)).
  private static func ascentProgram(
    _ dtype: DType, images count: Int, iterations: Int
  ) throws(NNError) -> BenchmarkProgram {
    let network = Network.fashionCNN(images: count)
    let clean = network.input.converted(to: dtype)
    let layout = try network.model.layout(network.signature(dtype))
    let graph = Graph()
    let type = TensorType(clean.shape, dtype)
    let images = graph.input("images", type)
    let labels = graph.input("labels", TensorType([count], .int32))
    let loss = network.loss(
      Network.output(of: network.model, rawImages: images, layout: layout), labels)
    try graph.validate()
    let gradient = graph.gradients(of: loss, withRespectTo: [images])[0]
    let radius = graph.input("radius", TensorType([], dtype))
    let start = graph.input("clean", type)
    let moved = images + graph.input("step", TensorType([], dtype)) * gradient.sign()
    let change = (moved - start).maximum(-radius).minimum(radius)
    let next = (start + change).maximum(graph.input("low", type))
      .minimum(graph.input("high", type))
    return BenchmarkProgram(
      graph: graph, fetches: [("next", next)],
      inputs: [
        "clean": clean, "labels": network.target,
        "low": HostTensor(zeros: clean.shape, dtype: dtype),
        "high": HostTensor(
          doubles: [Double](repeating: 1, count: clean.elementCount), shape: clean.shape,
          dtype: dtype), "radius": HostTensor(doubles: [0.1], shape: [], dtype: dtype),
        "step": HostTensor(doubles: [0.01], shape: [], dtype: dtype),
      ], variables: try layout.initialVariables(seed: Network.seed),
      runInput: (
        "images",
        { run, last in (run - 1).isMultiple(of: iterations) ? clean : last("next") }
      ), runsPerStep: iterations, samples: count)
  }
}
