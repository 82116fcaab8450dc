import NNCore
import NNGraph

extension Workload {
  /// The convolutions of ResNet-20 on 32 images: output, input gradient and weight gradient of
  /// each.
  static let convolutions = [
    ConvolutionShape(from: 3, to: 16, side: 32),
    ConvolutionShape(from: 16, to: 16, side: 32),
    ConvolutionShape(from: 16, to: 32, side: 32, stride: 2),
    ConvolutionShape(from: 32, to: 32, side: 16),
    ConvolutionShape(from: 32, to: 64, side: 16, stride: 2),
    ConvolutionShape(from: 64, to: 64, side: 8),
    ConvolutionShape(from: 16, to: 32, side: 32, kernel: 1, stride: 2),
  ].flatMap { shape in
    ConvolutionPass.allCases.map { pass in
      Workload(
        "\(shape.name)-\(pass.rawValue)", "\(pass.summary): \(shape.summary)", limit: .arithmetic
      ) { dtype in shape.program(pass, dtype) }
    }
  }
}

/// The passes of a convolution in a training step.
private enum ConvolutionPass: String, CaseIterable {
  case forward
  case data = "backward-data"
  case weights = "backward-weights"

  var summary: String {
    switch self {
    case .forward: "output"
    case .data: "gradient of the input"
    case .weights: "gradient of the weights"
    }
  }
}

/// A convolution of 32 square images, padded so that stride 1 keeps their size.
private struct ConvolutionShape {
  let from: Int
  let to: Int
  let side: Int
  var kernel = 3
  var stride = 1

  var name: String { "conv\(kernel)x\(kernel)-\(from)-\(to)" }
  var summary: String {
    "\(kernel)×\(kernel), \(from) to \(to) channels, 32 images of \(side)×\(side), "
      + "stride \(stride)"
  }

  func program(_ pass: ConvolutionPass, _ dtype: DType) -> BenchmarkProgram {
    let outer = side / stride
    return .function(
      of: [[32, from, side, side], [to, from, kernel, kernel], [32, to, outer, outer]], dtype
    ) { operands in
      let (images, weight, cotangent) = (operands[0], operands[1], operands[2])
      let output = images.conv2D(
        weight, stride: Size2D(stride), padding: Padding2D(height: kernel / 2, width: kernel / 2))
      switch pass {
      case .forward: return [("output", output)]
      case .data: return [("gradient", gradient(of: output, by: images, cotangent))]
      case .weights: return [("gradient", gradient(of: output, by: weight, cotangent))]
      }
    }
  }

  private func gradient(of output: Value, by value: Value, _ cotangent: Value) -> Value {
    output.graph.gradients(of: output, withRespectTo: [value], cotangent: cotangent)[0]
  }
}
