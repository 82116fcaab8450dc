import NNCore
import NNGraph

extension ConvolutionTests {
  /// The shapes and attributes of a convolution.
  struct Case: Sendable, CustomStringConvertible {
    var input: Shape
    var weight: Shape
    var stride: Size2D = 1
    var padding: Padding2D = 0
    var dilation: Size2D = 1
    var groups = 1

    var description: String {
      "\(input) ⊛ \(weight), stride \(stride), padding \(padding), dilation \(dilation), "
        + "\(groups) groups"
    }

    var output: Shape {
      func positions(_ size: Int, _ padding: Int, _ kernel: Int, _ stride: Int, _ dilation: Int)
        -> Int
      {
        (size + padding - dilation * (kernel - 1) - 1) / stride + 1
      }
      return [
        input[0], weight[0],
        positions(
          input[2], padding.top + padding.bottom, weight[2], stride.height, dilation.height),
        positions(input[3], padding.left + padding.right, weight[3], stride.width, dilation.width),
      ]
    }

    /// Output and gradients by nested loops.
    ///
    /// - Parameters:
    ///   - input: The elements of [N, C, H, W].
    ///   - weight: The elements of the weight.
    ///   - cotangent: The elements of ∂loss/∂output.
    func results(
      _ input: [Double], _ weight: [Double], _ cotangent: [Double]
    ) -> (output: [Double], inputGradient: [Double], weightGradient: [Double]) {
      var output = [Double](repeating: 0, count: self.output.elementCount)
      var inputGradient = [Double](repeating: 0, count: self.input.elementCount)
      var weightGradient = [Double](repeating: 0, count: self.weight.elementCount)
      forEachProduct { o, i, w in
        output[o] += input[i] * weight[w]
        inputGradient[i] += cotangent[o] * weight[w]
        weightGradient[w] += cotangent[o] * input[i]
      }
      return (output, inputGradient, weightGradient)
    }

    /// Calls `body` with the flat indices (output, input, weight) of every multiplication.
    func forEachProduct(_ body: (Int, Int, Int) -> Void) {
      let (output, outputsPerGroup) = (output, weight[0] / groups)
      let (channels, height, width) = (input[1], input[2], input[3])
      let (inputs, rows, columns) = (weight[1], weight[2], weight[3])
      let (strideY, strideX) = (stride.height, stride.width)
      let (dilationY, dilationX) = (dilation.height, dilation.width)
      let (top, left) = (padding.top, padding.left)
      for n in 0..<output[0] {
        for o in 0..<output[1] {
          for y in 0..<output[2] {
            for x in 0..<output[3] {
              let index = ((n * output[1] + o) * output[2] + y) * output[3] + x
              for c in 0..<inputs {
                let channel = n * channels + o / outputsPerGroup * inputs + c
                for i in 0..<rows {
                  let row = y * strideY + i * dilationY - top
                  guard row >= 0, row < height else { continue }
                  for j in 0..<columns {
                    let column = x * strideX + j * dilationX - left
                    guard column >= 0, column < width else { continue }
                    body(
                      index, (channel * height + row) * width + column,
                      ((o * inputs + c) * rows + i) * columns + j)
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
