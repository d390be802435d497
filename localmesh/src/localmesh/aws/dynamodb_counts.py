"""DynamoDB's `DescribeTable`: how many items stand in each global index, which moto leaves out.

AWS updates this value "approximately every six hours"; here it is of now. See `ItemCount` in
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GlobalSecondaryIndexDescription.html
"""

from typing import Any

from localmesh.aws import moto


def install() -> None:
    """Corrects moto."""

    @moto.correct(moto.module("moto.dynamodb.models.table").Table, "describe")
    def _describe(original: Any, self: Any, *args: Any, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = original(self, *args, **more)
        (description,) = answer.values()
        for index in description["GlobalSecondaryIndexes"]:
            keys = {each["AttributeName"] for each in index["KeySchema"]}
            index["ItemCount"] = sum(keys <= item.attrs.keys() for item in self.all_items())
        return answer
