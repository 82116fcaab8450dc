import NNCore
import Testing

@Suite struct HostTensorTests {
  @Test func copiesAreIndependent() {
    let original = HostTensor([1, 2, 3] as [Float])
    var changed = original
    changed.withMutableScalars(as: Float.self) { $0[1] = 20 }
    #expect(original.doubles == [1, 2, 3])
    #expect(changed.doubles == [1, 20, 3])
  }

  @Test(arguments: DType.allCases)
  func everyTypeStartsAsZerosAndConverts(dtype: DType) {
    let zeros = HostTensor(zeros: [2, 3], dtype: dtype)
    #expect(zeros.byteCount == 6 * dtype.byteCount)
    #expect(zeros.doubles == [0, 0, 0, 0, 0, 0])
    let numbers: [Double] = dtype == .bool ? [1, 0, 1] : [1, 0, 100]
    let tensor = HostTensor(doubles: numbers, shape: [3], dtype: dtype)
    for target in DType.allCases where target != .bool {
      #expect(tensor.converted(to: target).dtype == target)
      #expect(tensor.converted(to: target).doubles == numbers)
    }
  }

  @Test func rowsAndShapes() {
    let tensor = HostTensor((0..<12).map { Int32($0) }, shape: [4, 3])
    #expect(tensor.rows(1..<3).scalars(as: Int32.self) == [3, 4, 5, 6, 7, 8])
    #expect(tensor.rows(2..<2).shape == [0, 3])
    #expect(tensor.reshaped(to: [2, 6]).shape == [2, 6])
    #expect(HostTensor(zeros: [0, 3]).elementCount == 0)
  }

  @Test func equalityIsOfBits() {
    #expect(HostTensor([Double.nan]) == HostTensor([Double.nan]))
    #expect(HostTensor([0.0]) != HostTensor([-0.0]))
    #expect(HostTensor([1.0]) != HostTensor([1.0 as Float]))
    #expect(HostTensor([1.0, 2.0]) != HostTensor([1.0, 2.0], shape: [2, 1]))
  }

  @Test func errorsReadAsOneText() {
    let error = NNError.invalid("found 3", at: "a.csv:2", hint: "give 4").at("run")
    #expect(error.description == "run: a.csv:2: found 3\n  hint: give 4")
    #expect(error.exitStatus == 2)
    #expect(NNError.failed("full").exitStatus == 1)
  }
}
