package import NNCore

extension OpCatalog {
  // MARK: - Matrix products, convolution

  static func products(_ dtype: DType) -> [OpRow] {
    func pair(_ a: Shape, _ b: Shape) -> [OpSample.Input] { [.init(a, dtype), .init(b, dtype)] }
    func types(_ a: Shape, _ b: Shape) -> [TensorType] {
      [TensorType(a, dtype), TensorType(b, dtype)]
    }
    let plain = MatMul(transposeA: false, transposeB: false)
    func geometry(
      _ stride: Size2D = 1, _ padding: Padding2D = 0, _ dilation: Size2D = 1, _ groups: Int = 1
    ) -> ConvolutionGeometry {
      ConvolutionGeometry(stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
    let uneven = geometry(
      Size2D(height: 2, width: 1), Padding2D(top: 1, left: 0, bottom: 2, right: 1),
      Size2D(height: 1, width: 2))
    let grouped = geometry(1, 1, 1, 2)
    return [
      OpRow(
        plain,
        [
          OpSample(plain, pair([3, 4], [4, 5])), OpSample(plain, pair([1, 1], [1, 1])),
          OpSample(MatMul(transposeA: true, transposeB: false), pair([4, 3], [4, 5])),
          OpSample(MatMul(transposeA: false, transposeB: true), pair([3, 4], [5, 4])),
          OpSample(MatMul(transposeA: true, transposeB: true), pair([4, 3], [5, 4])),
          OpSample(plain, pair([2, 3, 4], [2, 4, 2])),
          OpSample(plain, pair([2, 1, 2, 3], [3, 3, 2])),
          OpSample(MatMul(transposeA: true, transposeB: true), pair([2, 3, 2], [4, 3])),
          OpSample(plain, pair([0, 4], [4, 5])), OpSample(plain, pair([3, 0], [0, 5])),
          // Split by rows, by columns, by the sums, by matrices.
          OpSample(plain, pair([300, 130], [130, 70])),
          OpSample(MatMul(transposeA: false, transposeB: true), pair([40, 100], [600, 100])),
          OpSample(plain, pair([2, 3, 4], [4, 5])),
          OpSample(MatMul(transposeA: false, transposeB: true), pair([2, 1, 3, 4], [5, 4])),
          OpSample(MatMul(transposeA: true, transposeB: false), pair([4160, 32], [4160, 31])),
          OpSample(plain, pair([9, 65, 64], [9, 64, 63])),
          OpSample(plain, pair([2, 200, 64], [2, 64, 100])),
        ],
        refuses: [
          types([3, 4], [5, 4]), types([4], [4, 2]), types([2, 3, 4], [3, 4, 2]),
          [TensorType([2, 2], .float32), TensorType([2, 2], .float64)],
        ]),
      OpRow(
        Conv2D(geometry: geometry()),
        [
          OpSample(Conv2D(geometry: geometry()), pair([2, 1, 5, 4], [3, 1, 3, 3])),
          OpSample(Conv2D(geometry: geometry(2, 1)), pair([1, 2, 6, 5], [2, 2, 3, 3])),
          OpSample(Conv2D(geometry: uneven), pair([1, 2, 5, 6], [1, 2, 2, 3])),
          OpSample(Conv2D(geometry: grouped), pair([2, 4, 3, 3], [2, 2, 3, 3])),
          OpSample(Conv2D(geometry: geometry()), pair([2, 3, 4, 3], [2, 3, 1, 1])),
          OpSample(Conv2D(geometry: geometry()), pair([0, 1, 4, 4], [1, 1, 2, 2])),
          // Several blocks of rows; several chunks of images.
          OpSample(Conv2D(geometry: geometry(1, 1)), pair([1, 40, 40, 41], [8, 40, 3, 3])),
          OpSample(Conv2D(geometry: geometry(1, 1)), pair([19, 4, 16, 16], [9, 4, 3, 3])),
          // By Winograd's algorithm.
          OpSample(Conv2D(geometry: geometry(1, 1)), pair([5, 30, 9, 17], [41, 30, 3, 3])),
          OpSample(Conv2D(geometry: geometry(1, 1)), pair([1, 64, 8, 8], [64, 64, 3, 3])),
        ],
        refuses: [
          types([1, 2, 5, 5], [1, 3, 3, 3]), types([1, 1, 2, 2], [1, 1, 3, 3]),
          types([1, 5, 5], [1, 1, 3, 3]), types([1, 1, 5, 5], [1, 3, 3]),
        ]),
      OpRow(
        Conv2DInputGradient(geometry: geometry(), inputSize: 4),
        [
          OpSample(
            Conv2DInputGradient(geometry: geometry(2, 1), inputSize: 5),
            pair([2, 2, 3, 3], [2, 3, 3, 3])),
          OpSample(
            Conv2DInputGradient(geometry: grouped, inputSize: Size2D(height: 3, width: 4)),
            pair([1, 4, 3, 4], [4, 1, 3, 3])),
          OpSample(
            Conv2DInputGradient(geometry: geometry(), inputSize: 3),
            pair([2, 2, 3, 3], [2, 3, 1, 1])),
          OpSample(
            Conv2DInputGradient(geometry: geometry(1, 1), inputSize: 40),
            pair([3, 40, 40, 40], [40, 8, 3, 3])),
        ], refuses: [types([1, 1, 3, 3], [1, 1, 3, 3]), types([3], [1, 1, 3, 3])]),
      OpRow(
        Conv2DWeightGradient(geometry: geometry(), kernel: 3),
        [
          OpSample(
            Conv2DWeightGradient(geometry: geometry(2, 1), kernel: 3),
            pair([2, 3, 5, 5], [2, 2, 3, 3])),
          OpSample(
            Conv2DWeightGradient(geometry: grouped, kernel: 3), pair([1, 4, 3, 4], [1, 2, 3, 4])),
          OpSample(
            Conv2DWeightGradient(geometry: geometry(), kernel: 1),
            pair([2, 3, 3, 3], [2, 2, 3, 3])),
          OpSample(
            Conv2DWeightGradient(geometry: geometry(), kernel: 2),
            pair([0, 1, 3, 3], [0, 2, 2, 2])),
          OpSample(
            Conv2DWeightGradient(geometry: geometry(1, 1), kernel: 3),
            pair([19, 8, 16, 16], [19, 9, 16, 16])),
        ], refuses: [types([1, 1, 5, 5], [1, 1, 5, 5]), types([3], [1, 1, 3, 3])]),
      OpRow(
        PackMatrix(isTransposed: false),
        [false, true].flatMap { isTransposed in
          [[48, 50], [5, 96], [3, 7], [96, 5]].map {
            OpSample(PackMatrix(isTransposed: isTransposed), [.init($0, dtype)])
          }
        }, refuses: []
      ).withoutGradient,
      OpRow(
        PackedMatMul(columns: 50),
        [
          OpSample(PackedMatMul(columns: 50), pair([13, 21], [2 * 48 * 21])),
          OpSample(PackedMatMul(columns: 50), pair([2, 13, 21], [2 * 48 * 21])),
          OpSample(PackedMatMul(columns: 96), pair([300, 70], [2 * 48 * 70])),
        ], refuses: []
      ).withoutGradient,
      OpRow(
        WinogradWeights(isAdjoint: false, parts: 1),
        [(false, 1, 20), (true, 1, 17), (true, 2, 64)].map { isAdjoint, parts, channels in
          OpSample(
            WinogradWeights(isAdjoint: isAdjoint, parts: parts),
            [.init([21, channels, 3, 3], dtype)])
        }, refuses: []
      ).withoutGradient,
      OpRow(
        WinogradConv2D(outputs: 20, outputSize: 5, before: 1),
        [
          OpSample(
            WinogradConv2D(outputs: 20, outputSize: Size2D(height: 9, width: 10), before: 1),
            pair([2, 17, 9, 10], [36 * (17 * 32 + 16)]))
        ], refuses: []
      ).withoutGradient,
      OpRow(
        WinogradWeightGradient(before: 0),
        [OpSample(WinogradWeightGradient(before: 0), pair([2, 17, 9, 10], [2, 20, 7, 8]))],
        refuses: []
      ).withoutGradient,
    ]
  }

  /// A convolution and both of its gradients, without Winograd's algorithm.
  ///
  /// - Parameters:
  ///   - images: [N, C, H, W].
  ///   - weight: [O, C/groups, kH, kW].
  ///   - output: The shape of the convolution's result.
  /// - Returns: Output from (images, weight), ∂images from (∂output, weight), ∂weight from
  ///   (images, ∂output).
  package static func convolutions(
    _ dtype: DType, images: Shape, weight: Shape, output: Shape, stride: Size2D,
    padding: Padding2D, dilation: Size2D, groups: Int
  ) -> [OpSample] {
    let geometry = ConvolutionGeometry(
      stride: stride, padding: padding, dilation: dilation, groups: groups)
    let (inputSize, kernel) = (
      Size2D(height: images[2], width: images[3]), Size2D(height: weight[2], width: weight[3])
    )
    func inputs(_ a: Shape, _ b: Shape) -> [OpSample.Input] { [.init(a, dtype), .init(b, dtype)] }
    return [
      OpSample(Conv2D(geometry: geometry), inputs(images, weight)),
      OpSample(
        Conv2DInputGradient(geometry: geometry, inputSize: inputSize), inputs(output, weight)),
      OpSample(
        Conv2DWeightGradient(geometry: geometry, kernel: kernel), inputs(images, output)),
    ]
  }

  // MARK: - Pooling

  static func pooling(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> [OpSample.Input] { [.init(shape, dtype)] }
    func window(_ kernel: Size2D, _ stride: Size2D, _ padding: Padding2D = 0) -> Window {
      Window(kernel: kernel, stride: stride, padding: padding, dilation: 1)
    }
    let dilated = Window(kernel: 2, stride: 1, padding: 0, dilation: 2)
    func average(
      _ window: Window, _ ceiling: Bool = false, _ divisor: AverageDivisor = .padded
    ) -> AvgPool2D {
      AvgPool2D(window: window, ceiling: ceiling, divisor: divisor)
    }
    func indices(_ shape: Shape, below: Int) -> OpSample.Input {
      .init(shape, .int32, contents: .integers(below: below))
    }
    let flat = [TensorType([3, 3], dtype)]
    let integers = [TensorType([1, 1, 4, 4], .int32)]
    return [
      OpRow(
        MaxPool2D(window: window(2, 2), ceiling: false),
        [
          OpSample(MaxPool2D(window: window(2, 2), ceiling: false), one([2, 2, 5, 4])),
          OpSample(MaxPool2D(window: window(3, 2, 1), ceiling: true), one([1, 2, 6, 5])),
          OpSample(MaxPool2D(window: dilated, ceiling: false), one([1, 1, 5, 5])),
          OpSample(MaxPool2D(window: window(2, 2), ceiling: false), one([0, 2, 4, 4])),
          OpSample(MaxPool2D(window: window(2, 2), ceiling: false), one([40, 3, 28, 28])),
        ], refuses: [flat, integers, [TensorType([1, 1, 1, 4], dtype)]]),
      OpRow(
        MaxPool2DGradient(inputSize: 4),
        [
          OpSample(
            MaxPool2DGradient(inputSize: 4),
            one([2, 1, 2, 2]) + [indices([2, 1, 2, 2], below: 16)])
        ], refuses: [[TensorType([1, 1, 2, 2], dtype), TensorType([1, 1, 2, 3], .int32)]]),
      OpRow(
        MaxPool2DGather(),
        [OpSample(MaxPool2DGather(), one([2, 1, 4, 4]) + [indices([2, 1, 2, 2], below: 16)])],
        refuses: [[TensorType([1, 1, 2, 2], dtype), TensorType([2, 1, 2, 2], .int32)]]),
      OpRow(
        average(window(2, 2)),
        [
          OpSample(average(window(2, 2)), one([2, 2, 5, 4])),
          OpSample(average(window(3, 2, 1), true), one([1, 2, 6, 5])),
          OpSample(average(window(3, 2, 1), true, .inside), one([1, 2, 6, 5])),
          OpSample(average(window(3, 2, 1), true, .kernel), one([1, 2, 6, 5])),
          OpSample(average(window(2, 2)), one([40, 3, 28, 28])),
        ], refuses: [flat, integers, [TensorType([1, 1, 1, 4], dtype)]]),
      OpRow(
        AvgPool2DGradient(pooling: average(window(2, 2)), inputSize: 5),
        [
          OpSample(
            AvgPool2DGradient(pooling: average(window(2, 2)), inputSize: 5), one([1, 2, 2, 2])),
          OpSample(
            AvgPool2DGradient(pooling: average(window(3, 2, 1), true), inputSize: 6),
            one([1, 1, 4, 4])),
        ], refuses: [flat, [TensorType([1, 1, 3, 2], dtype)]]),
      OpRow(
        AdaptiveAvgPool2D(output: 2),
        [
          OpSample(AdaptiveAvgPool2D(output: 2), one([2, 2, 5, 3])),
          OpSample(AdaptiveAvgPool2D(output: 1), one([2, 2, 4, 4])),
          OpSample(AdaptiveAvgPool2D(output: Size2D(height: 3, width: 5)), one([1, 1, 2, 7])),
        ], refuses: [flat, integers, [TensorType([1, 1, 0, 4], dtype)]]),
      OpRow(
        AdaptiveAvgPool2DGradient(inputSize: 5),
        [
          OpSample(AdaptiveAvgPool2DGradient(inputSize: 5), one([1, 2, 2, 3]))
        ], refuses: [flat]),
    ]
  }

  // MARK: - Rows, indices, counters

  static func indexing(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> [OpSample.Input] { [.init(shape, dtype)] }
    func index(_ shape: Shape, below: Int) -> OpSample.Input {
      .init(shape, .int32, contents: .integers(below: below))
    }
    func axes(_ make: (Int) -> some KernelOp) -> [OpSample] {
      [
        OpSample(make(1), one([3, 5])), OpSample(make(0), one([4, 3])),
        OpSample(make(1), one([2, 3, 2])), OpSample(make(0), one([1])),
        OpSample(make(1), one([700, 37])),
      ]
    }
    let integers = [[TensorType([3, 3], .int32)], [TensorType([], dtype)]]
    let random = RandomUniform(type: TensorType([3, 7], dtype), stream: 5)
    let mask = CompareLabels(label: 1, marksEqual: true, dtype: dtype)
    return [
      OpRow(Softmax(axis: 1), axes { Softmax(axis: $0) }, refuses: integers),
      OpRow(LogSoftmax(axis: 1), axes { LogSoftmax(axis: $0) }, refuses: integers),
      OpRow(
        ArgMax(axis: 1), axes { ArgMax(axis: $0) },
        refuses: integers + [[TensorType([3, 0], dtype)]]),
      OpRow(
        GatherAlong(axis: 1),
        [
          OpSample(GatherAlong(axis: 1), one([3, 5]) + [index([3], below: 6)]),
          OpSample(GatherAlong(axis: 0), one([4, 3]) + [index([3], below: 4)]),
          OpSample(GatherAlong(axis: 1), one([2, 3, 2]) + [index([2, 2], below: 3)]),
        ],
        refuses: [[TensorType([3, 5], dtype), TensorType([5], .int32)]]),
      OpRow(
        ScatterAlong(axis: 1, count: 5),
        [
          OpSample(ScatterAlong(axis: 1, count: 5), one([3]) + [index([3], below: 6)]),
          OpSample(ScatterAlong(axis: 0, count: 2), one([2, 2]) + [index([2, 2], below: 2)]),
        ],
        refuses: [[TensorType([3], dtype), TensorType([4], .int32)]]),
      OpRow(
        random,
        [
          OpSample(random, [.init([2], .int64, contents: .integers(below: 100))]),
          OpSample(
            RandomUniform(type: TensorType([40_001], dtype), stream: 0),
            [.init([2], .int64, contents: .integers(below: 100))]),
        ], refuses: [[TensorType([2], .int32)]]),
      OpRow(
        Increment(), [OpSample(Increment(), [.init([3], .int64, contents: .integers(below: 9))])],
        refuses: [[TensorType([], dtype)]]),
      OpRow(
        mask,
        [
          OpSample(mask, [index([7], below: 3)]),
          OpSample(
            CompareLabels(label: 1, marksEqual: false, dtype: dtype), [index([2, 3], below: 3)]),
        ], refuses: [[TensorType([3], dtype)]]),
    ]
  }
}
