import NNCore
import NNKernels

/// Images [N, C, H, W] as N · C independent planes, for pooling.
struct Planes {
  let count: Int
  let imageSize: Size2D
  let dtype: DType

  /// Throws unless `type` is [N, C, H, W] and floating-point.
  init(_ name: String, _ type: TensorType) throws(OpError) {
    guard type.shape.rank == 4 else {
      throw OpError(
        "\(name) takes images [N, C, H, W], gets \(type.shape)",
        hint: "reshape to four axes; a single image is a batch of 1")
    }
    guard type.dtype.isFloatingPoint else {
      throw OpError("\(name) takes float32 or float64, gets \(type.dtype)")
    }
    self.init(of: type)
  }

  /// Creates the planes of a tensor whose type has been checked.
  init(of type: TensorType) {
    count = type.shape[0] * type.shape[1]
    imageSize = Size2D(height: type.shape[2], width: type.shape[3])
    dtype = type.dtype
  }

  /// The type of the same planes with another size.
  static func resized(_ type: TensorType, to size: Size2D) -> TensorType {
    TensorType([type.shape[0], type.shape[1], size.height, size.width], type.dtype)
  }

  /// A kernel whose chunks are ranges of planes.
  ///
  /// - Parameter epilogue: Runs on the finished planes if they are the output.
  func kernel(
    epilogue: Epilogue? = nil, _ body: @escaping (_ planes: Range<Int>) -> Void
  ) -> Kernel {
    let area = imageSize.area
    return .elements(count, grain: max(1, 16384 / max(1, area))) { planes, worker in
      body(planes)
      epilogue?(planes.lowerBound * area..<planes.upperBound * area, worker: worker)
    }
  }
}

extension Value {
  /// Height and width of these images [N, C, H, W], or of the kernel of this weight.
  var spatialSize: Size2D { Size2D(height: shape[2], width: shape[3]) }
}
