<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Test Gateway: the vendor's desk</title><link rel="stylesheet" href="{$style}"></head>
<body><main class="wide">
<h1>The vendor's desk</h1>
<p>What the Test Gateway's vendor does later: settle or drop pending payments, and charge back what was paid.</p>
{if $rows}<table><thead><tr><th>Transaction</th><th>Invoice</th><th class="num">Amount</th><th></th></tr></thead><tbody>
{foreach $rows as $row}<tr><td>{$row.transid}</td><td>#{$row.invoice}</td><td class="num">{$row.amount}</td><td><form class="row" method="post" action="{$action}"><input type="hidden" name="token" value="{$token}"><input type="hidden" name="transid" value="{$row.transid}"><button class="good" name="do" value="settle">Settle</button><button name="do" value="drop">Drop</button></form></td></tr>
{/foreach}</tbody></table>{else}<p>No payment is pending.</p>{/if}
<h2>Charge back</h2>
<form class="row" method="post" action="{$action}"><input type="hidden" name="token" value="{$token}"><input type="text" name="transid" aria-label="Transaction ID" placeholder="Transaction ID of a payment" required><button name="do" value="chargeback">Charge back</button></form>
<p></p><a href="{$back}">Payment Gateways</a>
</main></body></html>
