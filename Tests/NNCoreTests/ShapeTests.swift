import NNCore
import Testing

@Suite struct ShapeTests {
  @Test func countsAndStrides() {
    let shape: Shape = [2, 3, 5]
    #expect(shape.elementCount == 30)
    #expect(shape.strides == [15, 5, 1])
    #expect(shape[-1] == 5)
    #expect(shape.description == "[2, 3, 5]")
    #expect(Shape([]).elementCount == 1)
    #expect(Shape([]).strides == [])
    #expect(Shape([4, 0, 2]).elementCount == 0)
    #expect(shape.replacing(axis: -2, with: 7) == [2, 7, 5])
  }

  @Test(arguments: [
    ([2, 3], [3], [2, 3]), ([2, 1], [1, 3], [2, 3]), ([], [4], [4]), ([], [], []),
    ([0, 1], [5], [0, 5]), ([1], [0], [0]), ([5, 1, 4], [3, 1], [5, 3, 4]),
  ])
  func broadcasts(left: [Int], right: [Int], result: [Int]) {
    #expect(Shape(left).broadcast(with: Shape(right)) == Shape(result))
    #expect(Shape(right).broadcast(with: Shape(left)) == Shape(result))
  }

  @Test(arguments: [([2], [3]), ([2, 3], [2]), ([0], [2])])
  func clashes(left: [Int], right: [Int]) {
    #expect(Shape(left).broadcast(with: Shape(right)) == nil)
  }
}
