import NNCore
import NNGraph

extension OpCatalog {
  // MARK: - Along an axis, random numbers, counters

  static func indexing(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> OpSample.Input { .init(shape, dtype) }
    func index(_ shape: Shape, below: Int) -> OpSample.Input {
      .init(shape, .int32, contents: .integers(below: below))
    }
    func axes(_ build: @escaping @Sendable (Value, _ axis: Int) -> Value) -> [OpSample] {
      let cases: [(Shape, axis: Int)] = [
        ([3, 5], 1), ([4, 3], 0), ([2, 3, 2], 1), ([1], 0), ([700, 37], 1),
      ]
      return cases.map { shape, axis in OpSample([one(shape)]) { build($0[0], axis) } }
    }
    func gather(_ source: Shape, _ index: OpSample.Input, axis: Int) -> OpSample {
      OpSample([one(source), index]) { $0[0].gather($0[1], along: axis) }
    }
    func scatter(_ source: Shape, _ index: OpSample.Input, axis: Int, count: Int) -> OpSample {
      OpSample([one(source), index]) { $0[0].scatter($0[1], along: axis, count: count) }
    }
    func random(_ shape: Shape, stream: UInt32) -> OpSample {
      OpSample([.init([2], .int64, contents: .integers(below: 100))]) {
        $0[0].graph.randomUniform(TensorType(shape, dtype), stream: stream, state: $0[0])
      }
    }
    let integers = [[TensorType([3, 3], .int32)], [TensorType([], dtype)]]
    return [
      OpRow("Softmax", axes { $0.softmax(axis: $1) }, refuses: integers),
      OpRow("LogSoftmax", axes { $0.logSoftmax(axis: $1) }, refuses: integers),
      OpRow(
        "ArgMax", axes { $0.argMax(axis: $1) },
        refuses: integers + [[TensorType([3, 0], dtype)]]),
      OpRow(
        "GatherAlong",
        [
          gather([3, 5], index([3], below: 6), axis: 1),
          gather([4, 3], index([3], below: 4), axis: 0),
          gather([2, 3, 2], index([2, 2], below: 3), axis: 1),
        ],
        refuses: [[TensorType([3, 5], dtype), TensorType([5], .int32)]]),
      OpRow(
        "ScatterAlong",
        [
          scatter([3], index([3], below: 6), axis: 1, count: 5),
          scatter([2, 2], index([2, 2], below: 2), axis: 0, count: 2),
        ],
        refuses: [[TensorType([3], dtype), TensorType([4], .int32)]]),
      OpRow(
        "RandomUniform", [random([3, 7], stream: 5), random([40_001], stream: 0)],
        refuses: [[TensorType([2], .int32)]]),
      OpRow(
        "Increment",
        [
          OpSample([.init([3], .int64, contents: .integers(below: 9))]) { $0[0].incremented() }
        ], refuses: [[TensorType([], dtype)]]),
      OpRow(
        "CompareLabels",
        [
          OpSample([index([7], below: 3)]) { $0[0].labelMask(equalTo: 1, dtype: dtype) },
          OpSample([index([2, 3], below: 3)]) { $0[0].labelMask(notEqualTo: 1, dtype: dtype) },
        ], refuses: [[TensorType([3], dtype)]]),
    ]
  }

  // MARK: - Gathering and scattering rows

  static func rowIndexing(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> OpSample.Input { .init(shape, dtype) }
    func index(_ shape: Shape, below: Int) -> OpSample.Input {
      .init(shape, .int32, contents: .integers(below: below))
    }
    func gather(_ table: Shape, _ index: OpSample.Input) -> OpSample {
      OpSample([one(table), index]) { $0[0].gatherRows($0[1]) }
    }
    func scatter(
      _ rows: Shape, _ index: OpSample.Input, count: Int, paddingRow: Int?
    ) -> OpSample {
      OpSample([one(rows), index]) {
        $0[0].scatterAddRows($0[1], count: count, paddingRow: paddingRow)
      }
    }
    func permute(_ tensor: Shape, _ order: OpSample.Input) -> OpSample {
      OpSample([one(tensor), order]) { $0[0].permuteRows($0[1]) }
    }
    func overwrite(_ tensor: Shape, _ rows: Shape, _ position: OpSample.Input) -> OpSample {
      OpSample([one(tensor), one(rows), position]) { $0[0].scatterRows($0[1], at: $0[2]) }
    }
    return [
      OpRow(
        "GatherRows",
        [
          gather([5, 3], index([2, 4], below: 6)), gather([7, 1], index([9], below: 7)),
          gather([3, 130], index([], below: 3)), gather([50, 37], index([900], below: 50)),
        ],
        refuses: [
          [TensorType([5, 3], dtype), TensorType([2], dtype)],
          [TensorType([5], dtype), TensorType([2], .int32)],
        ]),
      OpRow(
        "ScatterAddRows",
        [
          scatter([2, 4, 3], index([2, 4], below: 6), count: 5, paddingRow: 1),
          scatter([33], index([], below: 3), count: 3, paddingRow: nil),
          scatter([900, 37], index([900], below: 50), count: 50, paddingRow: 0),
        ],
        refuses: [[TensorType([4, 3], dtype), TensorType([3], .int32)]]),
      OpRow(
        "PermuteRows",
        [
          permute([5, 3], index([5], below: 7)), permute([3, 7, 130], index([3], below: 3)),
          permute([4], index([4], below: 4)), permute([0, 3], index([0], below: 1)),
          OpSample([one([4, 9, 200]), index([4], below: 4), index([1], below: 12)]) {
            $0[0].permuteRows($0[1], first: $0[2])
          },
        ],
        refuses: [
          [TensorType([5, 3], dtype), TensorType([4], .int32)],
          [TensorType([5, 3], .int32), TensorType([5], .int32)],
        ]
      ).withoutGradient,
      OpRow(
        "ScatterRows",
        [
          overwrite([2, 5, 3], [2, 1, 3], index([1], below: 5)),
          overwrite([1, 4, 2], [1, 3, 2], index([1], below: 4)),
        ],
        refuses: [
          [TensorType([2, 5, 3], dtype), TensorType([2, 1, 3], dtype), TensorType([2], .int32)]
        ]
      ).withoutGradient,
    ]
  }
}
