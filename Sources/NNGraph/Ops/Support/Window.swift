import NNCore
import NNKernels

/// A window that slides over padded images, for convolution and pooling.
package struct Window: Hashable, Sendable {
  let kernel: Size2D
  let stride: Size2D
  let padding: Padding2D
  let dilation: Size2D

  /// Creates a window from its attributes.
  package init(kernel: Size2D, stride: Size2D, padding: Padding2D, dilation: Size2D) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  var attributes: Attributes {
    [
      "kernel": .ints(kernel.extents), "stride": .ints(stride.extents),
      "padding": .ints(padding.extents), "dilation": .ints(dilation.extents),
    ]
  }

  /// The extent of the dilated kernel.
  var span: Size2D {
    Size2D(
      height: (kernel.height - 1) * dilation.height + 1,
      width: (kernel.width - 1) * dilation.width + 1)
  }

  /// Throws unless the window has a position over images of this size.
  ///
  /// - Parameter ceiling: Whether a window may extend past the end by less than the stride
  ///   (PyTorch's `ceil_mode`).
  func check(_ name: String, over imageSize: Size2D, ceiling: Bool = false) throws(OpError) {
    guard kernel.height > 0, kernel.width > 0, stride.height > 0, stride.width > 0,
      dilation.height > 0, dilation.width > 0
    else {
      throw OpError(
        "\(name): kernel \(kernel), stride \(stride) and dilation \(dilation) must be at least 1")
    }
    let numbers = [
      kernel.height, kernel.width, stride.height, stride.width, dilation.height, dilation.width,
      padding.top, padding.left, padding.bottom, padding.right,
    ]
    guard numbers.allSatisfy({ $0 <= Int32.max }) else {
      throw OpError(
        "\(name): kernel \(kernel), stride \(stride), dilation \(dilation) and padding \(padding) "
          + "must be at most \(Int32.max)")
    }
    guard padding.top >= 0, padding.left >= 0, padding.bottom >= 0, padding.right >= 0 else {
      throw OpError("\(name): negative padding \(padding)")
    }
    let padded = Size2D(
      height: imageSize.height + padding.top + padding.bottom,
      width: imageSize.width + padding.left + padding.right)
    let overhang = ceiling ? Size2D(height: stride.height - 1, width: stride.width - 1) : 0
    guard span.height <= padded.height + overhang.height,
      span.width <= padded.width + overhang.width
    else {
      throw OpError(
        "\(name): a kernel of \(kernel)"
          + (span == kernel ? "" : " that dilation \(dilation) spreads over \(span)")
          + " is larger than the padded image of \(padded)",
        hint: "use more padding, a smaller kernel or fewer poolings before it")
    }
  }

  /// The number of window positions along each axis: ⌊(size + padding − span) / stride⌋ + 1.
  ///
  /// - Parameter ceiling: Whether to round up, so that the last window may extend past the end; one
  ///   that would start in the padding after the image is left out (PyTorch's `ceil_mode`).
  func outputSize(over imageSize: Size2D, ceiling: Bool = false) -> Size2D {
    func along(_ size: Int, _ before: Int, _ after: Int, _ span: Int, _ stride: Int) -> Int {
      let free = size + before + after - span
      guard ceiling else { return free / stride + 1 }
      let count = (free + stride - 1) / stride + 1
      return (count - 1) * stride >= size + before ? count - 1 : count
    }
    return Size2D(
      height: along(imageSize.height, padding.top, padding.bottom, span.height, stride.height),
      width: along(imageSize.width, padding.left, padding.right, span.width, stride.width))
  }

  /// The arguments of the C loops for a window over images [N, C, H, W] with output `output`.
  func loops(over images: TensorType, into output: TensorType) -> nn_window {
    nn_window(
      height: Int64(images.shape[2]), width: Int64(images.shape[3]),
      out_height: Int64(output.shape[2]), out_width: Int64(output.shape[3]),
      kernel_height: Int64(kernel.height), kernel_width: Int64(kernel.width),
      stride_y: Int64(stride.height), stride_x: Int64(stride.width),
      pad_top: Int64(padding.top), pad_left: Int64(padding.left),
      pad_bottom: Int64(padding.bottom), pad_right: Int64(padding.right),
      dilation_y: Int64(dilation.height), dilation_x: Int64(dilation.width))
  }

  /// Throws if padding is more than half of the kernel, which pooling does not allow.
  func checkHalfPadding(_ name: String) throws(OpError) {
    guard max(padding.top, padding.bottom) * 2 <= kernel.height,
      max(padding.left, padding.right) * 2 <= kernel.width
    else {
      throw OpError("\(name): padding \(padding) is more than half the kernel of \(kernel)")
    }
  }

  /// Whether every window position covers some element of the image.
  func alwaysCovers(_ imageSize: Size2D, _ outputSize: Size2D) -> Bool {
    func along(
      _ count: Int, _ size: Int, _ before: Int, _ elements: Int, _ stride: Int, _ dilation: Int
    ) -> Bool {
      guard count > 0 else { return true }
      // A window that starts inside the image covers its first element.
      guard (count - 1) * stride - before < size else { return false }
      let above = min(count, (before + stride - 1) / stride)
      return (0..<above).allSatisfy { position in
        let start = before - position * stride
        let element = (start + dilation - 1) / dilation
        return element < elements && element * dilation - start < size
      }
    }
    return along(
      outputSize.height, imageSize.height, padding.top, kernel.height, stride.height,
      dilation.height)
      && along(
        outputSize.width, imageSize.width, padding.left, kernel.width, stride.width, dilation.width)
  }
}
