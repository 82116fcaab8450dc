import CKernels
import Testing

/// Windows of every kind: exact, padded (also on one side), strided, dilated, larger than the
/// image.
struct WindowCase: Sendable, CustomTestStringConvertible {
  var input: [Int]  // channels, height, width
  var kernel: [Int]
  var stride = [1, 1]
  var padding = [0, 0, 0, 0]  // top, left, bottom, right
  var dilation = [1, 1]
  /// Additional outputs, as with ceil_mode.
  var extra = [0, 0]

  var output: [Int] {
    (0..<2).map { axis in
      let reach = dilation[axis] * (kernel[axis] - 1) + 1
      return (input[axis + 1] + padding[axis] + padding[axis + 2] - reach) / stride[axis] + 1
        + extra[axis]
    }
  }

  var window: nn_window {
    func wide(_ value: Int) -> Int64 { Int64(value) }
    return nn_window(
      height: wide(input[1]), width: wide(input[2]),
      out_height: wide(output[0]), out_width: wide(output[1]),
      kernel_height: wide(kernel[0]), kernel_width: wide(kernel[1]),
      stride_y: wide(stride[0]), stride_x: wide(stride[1]),
      pad_top: wide(padding[0]), pad_left: wide(padding[1]),
      pad_bottom: wide(padding[2]), pad_right: wide(padding[3]),
      dilation_y: wide(dilation[0]), dilation_x: wide(dilation[1]))
  }

  var testDescription: String {
    "\(input) kernel \(kernel) stride \(stride) padding \(padding) dilation \(dilation)"
  }

  /// The inputs of one output that are inside the image: (kernel row, kernel column, flat index).
  func inputs(_ y: Int, _ x: Int) -> [(row: Int, column: Int, position: Int)] {
    var found: [(Int, Int, Int)] = []
    for row in 0..<kernel[0] {
      for column in 0..<kernel[1] {
        let top = y * stride[0] - padding[0] + row * dilation[0]
        let left = x * stride[1] - padding[1] + column * dilation[1]
        if 0..<input[1] ~= top, 0..<input[2] ~= left {
          found.append((row, column, top * input[2] + left))
        }
      }
    }
    return found
  }

  static let all = [
    WindowCase(input: [1, 1, 1], kernel: [1, 1]),
    WindowCase(input: [2, 5, 4], kernel: [3, 3]),
    WindowCase(input: [3, 28, 28], kernel: [3, 3], padding: [1, 1, 1, 1]),
    WindowCase(input: [2, 9, 17], kernel: [5, 5], padding: [2, 2, 2, 2]),
    WindowCase(input: [1, 3, 3], kernel: [5, 5], padding: [2, 2, 2, 2]),
    WindowCase(input: [2, 2, 40], kernel: [3, 3], padding: [1, 1, 1, 1]),
    WindowCase(input: [2, 32, 35], kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1]),
    WindowCase(input: [1, 11, 13], kernel: [3, 2], stride: [3, 4], padding: [0, 1, 2, 0]),
    WindowCase(input: [2, 20, 21], kernel: [3, 3], padding: [2, 2, 2, 2], dilation: [2, 2]),
    WindowCase(
      input: [1, 9, 8], kernel: [2, 3], stride: [1, 2], padding: [1, 0, 0, 3], dilation: [3, 2]),
    WindowCase(input: [4, 64, 70], kernel: [2, 2], stride: [2, 2]),
    WindowCase(input: [1, 7, 33], kernel: [2, 2], stride: [2, 2]),
    WindowCase(input: [1, 7, 33], kernel: [2, 2], stride: [2, 2], extra: [1, 1]),
    WindowCase(input: [1, 6, 6], kernel: [1, 6], padding: [0, 5, 0, 5]),
  ]
}
