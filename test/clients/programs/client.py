import json
import os
import time
import urllib.request
import uuid

from client.api.exports import create_export, download_export, get_export, list_exports
from client.client import AuthenticatedClient
from client.models.csv_options import CsvOptions
from client.models.download_export_redirect import DownloadExportRedirect
from client.models.export import Export
from client.models.export_format import ExportFormat
from client.models.export_list import ExportList
from client.models.export_status import ExportStatus
from client.models.field_problem import FieldProblem
from client.models.file_link import FileLink
from client.models.list_exports_status import ListExportsStatus
from client.models.notify import Notify
from client.models.orders_column import OrdersColumn
from client.models.orders_export_request import OrdersExportRequest
from client.models.orders_export_request_sort import OrdersExportRequestSort
from client.models.orders_filters import OrdersFilters
from client.models.orders_filters_status_item import OrdersFiltersStatusItem
from client.models.orders_filters_total import OrdersFiltersTotal
from client.models.problem import Problem

api = AuthenticatedClient(base_url=os.environ["EXPORTS_URL"], token=os.environ["EXPORTS_TOKEN"])

# All problems of a request come together, each with its field.
refused = create_export.sync(
    client=api,
    body=OrdersExportRequest(
        type_="orders",
        format_=ExportFormat.CSV,
        filters=OrdersFilters(total=OrdersFiltersTotal(gte="much")),
        options=CsvOptions(delimiter="too long"),
    ),
)
assert isinstance(refused, Problem)
fields = [error.pointer if isinstance(error, FieldProblem) else error.parameter for error in refused.errors or []]

job = create_export.sync(
    client=api,
    idempotency_key=str(uuid.uuid4()),
    body=OrdersExportRequest(
        type_="orders",
        format_=ExportFormat.CSV,
        columns=[OrdersColumn.ID, OrdersColumn.TOTAL],
        filters=OrdersFilters(
            status=[OrdersFiltersStatusItem.PAID],
            total=OrdersFiltersTotal(gte="10.00"),
        ),
        sort=OrdersExportRequestSort.PLACED_AT_DESC,
        options=CsvOptions(delimiter=";"),
        notify=Notify(email=False),
    ),
)
assert isinstance(job, Export), job
while job.status in (ExportStatus.QUEUED, ExportStatus.PROCESSING):
    time.sleep(0.1)
    job = get_export.sync(job.job_id, client=api)
    assert isinstance(job, Export), job
assert job.status == ExportStatus.COMPLETED, job.error_message

link = download_export.sync(job.job_id, client=api, redirect=DownloadExportRedirect.FALSE)
assert isinstance(link, FileLink), link
with urllib.request.urlopen(link.url) as response:
    text = response.read().decode()

listed = list_exports.sync(client=api, status=ListExportsStatus.COMPLETED, limit=1)
assert isinstance(listed, ExportList), listed

print(
    json.dumps(
        {
            "fields": fields,
            "job_id": str(job.job_id),
            "row_count": job.row_count,
            "format": job.format_,
            "text": text,
            "ids": [str(export.job_id) for export in listed.exports],
        }
    )
)
