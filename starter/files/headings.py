"""Receipt by file: the headings that columns of orders are known by, in English, Chinese, German and French."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from domain.money import is_currency

NEEDED = ("document", "customer", "sku", "quantity")

HEADINGS: dict[str, tuple[str, ...]] = {
    "document": (
        "document", "invoiceno", "invoicenumber", "invoice", "ordernumber", "orderno", "ordernum", "orderid", "order",
        "salesorder", "documentnumber", "documentno", "customerpo", "ponumber", "pono", "po", "purchaseorder",
        "purchaseordernumber", "customerpono",
        "订单号", "订单编号", "订单号码", "采购订单号", "客户订单号", "单号", "单据号", "单据编号",
        "发票号", "发票号码",
        "bestellnummer", "bestellnr", "auftragsnummer", "auftragsnr", "auftrag", "rechnungsnummer", "rechnungsnr",
        "belegnummer", "commande", "numerodecommande", "nocommande", "ndecommande", "nodecommande", "ncommande",
    ),
    "customer": (
        "customer", "customerid", "customercode", "customerno", "customernumber", "customeraccount", "accountnumber",
        "account", "client", "clientid", "clientcode", "buyer", "soldto",
        "客户", "客户号", "客户编号", "客户代码", "客户编码", "客户id", "买方", "购买方",
        "kunde", "kundennummer", "kundennr", "codeclient",
    ),
    "sku": (
        "sku", "stockcode", "itemcode", "itemno", "itemnumber", "item", "productcode", "productid", "productno",
        "product", "partnumber", "partno", "article", "articlenumber", "articleno", "materialnumber", "material",
        "货号", "商品编号", "商品编码", "商品代码", "产品编号", "产品编码", "产品代码", "物料编号", "物料编码",
        "物料号", "料号", "存货编码", "商品", "产品", "artikelnummer", "artikelnr", "artikel", "referencearticle",
        "codearticle", "refarticle", "referenceproduit", "codeproduit",
    ),
    "quantity": (
        "quantity", "qty", "quantityordered", "orderedquantity", "orderquantity", "orderqty", "qtyordered", "pieces",
        "pcs", "units", "数量", "订购数量", "订货数量", "件数", "menge", "anzahl", "stuck", "quantite", "qte",
    ),
    "unit_price": (
        "unitprice", "price", "priceperunit", "netprice", "unitcost", "priceeach", "salesprice",
        "单价", "价格", "售价", "不含税单价", "einzelpreis", "stuckpreis", "preis", "prixunitaire", "prix",
    ),
    "description": (
        "description", "itemdescription", "productname", "productdescription", "itemname",
        "品名", "商品名称", "产品名称", "物料名称", "名称", "描述", "商品描述", "规格", "bezeichnung", "beschreibung",
        "artikelbezeichnung", "designation", "libelle",
    ),
    "currency": ("currency", "currencycode", "ccy", "币种", "货币", "币别", "wahrung", "devise", "monnaie"),
    "country": (
        "country", "countrycode", "shiptocountry", "deliverycountry", "国家", "国家地区", "国别", "land", "pays",
    ),
    "discount_percent": (
        "discountpercent", "discount", "discountpct", "discountrate", "折扣", "折扣率", "折扣百分比", "rabatt",
        "rabattprozent", "remise",
    ),
    "requested_date": (
        "requesteddate", "requesteddeliverydate", "deliverydate", "requestdate", "duedate", "needby", "wanteddate",
        "交货日期", "要求交货日期", "交期", "需求日期", "要求日期", "liefertermin", "lieferdatum", "wunschtermin",
        "datedelivraison",
    ),
    "customer_name": (
        "customername", "clientname", "company", "companyname", "客户名称", "公司名称", "kundenname", "firma",
    ),
    "email": ("email", "customeremail", "emailaddress", "mail", "邮箱", "电子邮箱", "电子邮件"),
    "street": (
        "street", "address", "addressline1", "shiptostreet", "地址", "收货地址", "详细地址", "strasse", "adresse",
    ),
    "city": ("city", "town", "shiptocity", "城市", "市", "ort", "stadt", "ville"),
    "postal_code": (
        "postalcode", "postcode", "zip", "zipcode", "shiptopostalcode", "邮编", "邮政编码", "plz", "codepostal",
    ),
}  # fmt: skip

_REMARK = re.compile(r"[(\[（【]\s*([^()\[\]（）【】]+?)\s*[)\]）】]\s*$")
_UNITS = frozenset(("pcs", "pc", "pieces", "units", "each", "ea", "stk", "stuck", "个", "件", "元", "人民币"))

WHOLESALER_DOCUMENTS = frozenset(("invoiceno", "invoice"))
WHOLESALER_GOODS = "stockcode"


def plain(heading: str) -> str:
    """A heading without case, accents, spaces and punctuation: `Customer ID ` and `customer_id` are the same."""
    decomposed = unicodedata.normalize("NFKD", heading.replace("ß", "ss")).casefold()
    return "".join(character for character in decomposed if character.isalnum())


def _without_remark(heading: str) -> str:
    """`Unit price (EUR)` is a unit price; another remark, such as `(incl. VAT)` or `(total)`, may say otherwise."""
    found = _REMARK.search(heading)
    if found is None or not (is_currency(found[1].upper()) or plain(found[1]) in _UNITS):
        return heading
    return heading[: found.start()]


def recognised(headings: Sequence[str]) -> dict[str, int]:
    """Which column each field is in; the better known name wins, then the column further left."""
    where: dict[str, int] = {}
    for position, heading in enumerate(headings):
        where.setdefault(plain(heading), position)
    short = [plain(_without_remark(heading)) for heading in headings]
    for position, name in enumerate(short):  # of Price (EUR) and Price (USD) neither is meant
        if short.count(name) == 1:
            where.setdefault(name, position)
    found: dict[str, int] = {}
    for field, names in HEADINGS.items():
        position_of = next((where[name] for name in names if name in where), None)
        if position_of is not None:
            found[field] = position_of
    return found


def is_wholesaler(headings: Sequence[str]) -> bool:
    """Whether the columns are named as in the wholesaler's invoices: prices in pounds, services among the goods."""
    names = {plain(heading) for heading in headings}
    return WHOLESALER_GOODS in names and bool(names & WHOLESALER_DOCUMENTS)
