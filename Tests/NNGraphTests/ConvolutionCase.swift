import NNCore
import NNGraph

extension ConvolutionTests {
  /// A convolution by its shapes and attributes.
  struct Case: Sendable, CustomStringConvertible {
    var pictures: Shape
    var weight: Shape
    var stride: Size2D = 1
    var padding: Padding2D = 0
    var dilation: Size2D = 1
    var groups = 1

    var description: String {
      "\(pictures) ⊛ \(weight), stride \(stride), padding \(padding), dilation \(dilation), "
        + "\(groups) groups"
    }

    var output: Shape {
      func places(_ size: Int, _ padding: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int
      {
        (size + padding - dilation * (kernel - 1) - 1) / stride + 1
      }
      return [
        pictures[0], weight[0],
        places(
          pictures[2], padding.top + padding.bottom, weight[2], stride.height, dilation.height),
        places(pictures[3], padding.left + padding.right, weight[3], stride.width, dilation.width),
      ]
    }

    /// Output and gradients by nested loops.
    ///
    /// - Parameters:
    ///   - pictures: The elements of [N, C, H, W]; those of the weight and of ∂loss/∂output follow.
    func results(
      _ pictures: [Double], _ weight: [Double], _ cotangent: [Double]
    ) -> (output: [Double], pictureGradient: [Double], weightGradient: [Double]) {
      var output = [Double](repeating: 0, count: self.output.elementCount)
      var pictureGradient = [Double](repeating: 0, count: self.pictures.elementCount)
      var weightGradient = [Double](repeating: 0, count: self.weight.elementCount)
      forEachProduct { place, picture, cell in
        output[place] += pictures[picture] * weight[cell]
        pictureGradient[picture] += cotangent[place] * weight[cell]
        weightGradient[cell] += cotangent[place] * pictures[picture]
      }
      return (output, pictureGradient, weightGradient)
    }

    /// Calls `body` with the flat places (output, picture, weight) of every product.
    func forEachProduct(_ body: (Int, Int, Int) -> Void) {
      let (output, outputsPerGroup) = (output, weight[0] / groups)
      let (channels, height, width) = (pictures[1], pictures[2], pictures[3])
      let (inputs, rows, columns) = (weight[1], weight[2], weight[3])
      let (strideY, strideX) = (stride.height, stride.width)
      let (dilationY, dilationX) = (dilation.height, dilation.width)
      let (top, left) = (padding.top, padding.left)
      for n in 0..<output[0] {
        for o in 0..<output[1] {
          for y in 0..<output[2] {
            for x in 0..<output[3] {
              let place = ((n * output[1] + o) * output[2] + y) * output[3] + x
              for c in 0..<inputs {
                let channel = n * channels + o / outputsPerGroup * inputs + c
                for i in 0..<rows {
                  let row = y * strideY + i * dilationY - top
                  guard row >= 0, row < height else { continue }
                  for j in 0..<columns {
                    let column = x * strideX + j * dilationX - left
                    guard column >= 0, column < width else { continue }
                    body(
                      place, (channel * height + row) * width + column,
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
